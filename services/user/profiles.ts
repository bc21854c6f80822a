import { invalid, unauthenticated } from '#shared/errors'
import { recordAudit } from './audit'
import type { ClientOrigin } from './client-origin'
import type { Clock, UserRow, UserSql } from './database'
import { emailOf, usernameOf } from './domain'
import { type MailedTokens, revokeTokens } from './mailed-tokens'
import type { PasswordChange, ProfileChange } from './model'
import type { PasswordChecks } from './password-checks'
import type { PasswordHashes } from './password-hashes'
import { type Accounts, changeUser, lockUser, refuseTakenName, sealedContact } from './repository'
import { endChallenges } from './second-factors'
import { endSessions, type Sessions } from './sessions'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  accounts: Accounts
  passwords: PasswordHashes
  checks: PasswordChecks
  sessions: Sessions
  tokens: MailedTokens
}

/** What users change about their own accounts. */
export const profiles = ({ sql, vault, clock, accounts, passwords, checks, sessions, tokens }: Deps) => {
  /** A new e-mail needs the password: it can be used to reset the password, so a stolen access token must not be enough. */
  const confirmNewEmail = async (userId: number, email: string, password: string | undefined, origin: ClientOrigin) => {
    const user = await accounts.byId(userId)
    if (email === user.email) return
    if (password === undefined)
      throw invalid('current_password_required', 'Send current_password as well to change the e-mail.', [
        { path: '/current_password', message: 'Expected with a new e-mail' },
      ])
    await checks.confirm(password, user, origin)
  }

  return {
    async change(userId: number, given: ProfileChange, origin: ClientOrigin): Promise<UserRow> {
      const { full_name, language, current_password } = given
      const email = given.email === undefined ? undefined : emailOf(given.email)
      const name = given.username === undefined ? undefined : usernameOf(given.username)
      if (email !== undefined) await confirmNewEmail(userId, email, current_password, origin)
      return sql.transaction(async (trx, publish) => {
        const user = await lockUser(trx, userId)
        const newEmail = email !== undefined && email !== user.email
        const change = {
          ...sealedContact(vault, userId, given),
          ...(full_name !== undefined && { full_name: full_name.trim() }),
          ...(language !== undefined && { language }),
          ...(name && { username: name.username, username_key: name.key }),
          ...(newEmail && { email, email_verified: false }),
        }
        const version = await refuseTakenName(changeUser(trx, publish, user, change, clock()))
        if (newEmail) {
          await revokeTokens(trx, userId)
          await tokens.issue(trx, publish, { id: userId, version }, 'email_verification')
          await recordAudit(trx, 'email.changed', { user: userId, actor: userId })
        }
        return trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
      })
    },

    /** Ends every session, this one too: somebody else may be logged in with the old password. */
    async changePassword(userId: number, { current_password, new_password }: PasswordChange, origin: ClientOrigin) {
      const known = await accounts.byId(userId)
      await checks.confirm(current_password, known, origin)
      const password_hash = await passwords.hash(new_password)
      const ended = await sql.transaction(async trx => {
        const user = await lockUser(trx, userId)
        if (user.password_hash !== known.password_hash)
          throw unauthenticated('invalid_credentials', 'The password was changed meanwhile; try again with the new one.')
        await trx.updateTable('users').set({ password_hash, updated_at: clock() }).where('id', '=', userId).execute()
        await revokeTokens(trx, userId)
        await endChallenges(trx, userId)
        await recordAudit(trx, 'password.changed', { user: userId, actor: userId })
        return endSessions(trx, { userId }, clock())
      })
      await sessions.publishEnd(ended)
    },
  }
}
export type Profiles = ReturnType<typeof profiles>
