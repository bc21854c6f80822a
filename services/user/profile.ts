import { invalid, unauthenticated } from '#shared/errors'
import { type Accounts, changeUser, lockUser, refuseTaken, sealedContact } from './accounts'
import { record } from './audit'
import type { Clock, UserRow, UserSql } from './database'
import { emailOf, usernameOf } from './domain'
import { type MailedTokens, revokeTokens } from './mailed-tokens'
import { endChallenges } from './mfa'
import type { ProfileChange } from './model'
import type { PasswordCheck } from './password-check'
import type { Passwords } from './passwords'
import { endSessions, type From, type Sessions } from './sessions'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  accounts: Accounts
  passwords: Passwords
  passwordCheck: PasswordCheck
  sessions: Sessions
  tokens: MailedTokens
}

export const profileOwner = ({ sql, vault, clock, accounts, passwords, passwordCheck, sessions, tokens }: Deps) => ({
  async change(userId: number, given: ProfileChange, from: From): Promise<UserRow> {
    const { full_name, language, current_password } = given
    const email = given.email === undefined ? undefined : emailOf(given.email)
    const name = given.username === undefined ? undefined : usernameOf(given.username)
    if (email !== undefined) {
      const user = await accounts.byId(userId)
      // Whoever has the e-mail can reset the password: a stolen token must not be enough to change it.
      if (email !== user.email) {
        if (current_password === undefined)
          throw invalid('current_password_required', 'Send current_password as well to change the e-mail.', [
            { path: '/current_password', message: 'Expected with a new e-mail' },
          ])
        await passwordCheck.confirm(current_password, user, from)
      }
    }
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
      const version = await refuseTaken(changeUser(trx, publish, user, change, clock()))
      if (newEmail) {
        await revokeTokens(trx, userId)
        await tokens.issue(trx, publish, { id: userId, version }, 'email_verification')
        await record(trx, 'email.changed', { user: userId, actor: userId })
      }
      return trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
    })
  },

  /** Ends every session, this one too: whoever else was in is out. */
  async changePassword(userId: number, { current_password, new_password }: { current_password: string; new_password: string }, from: From) {
    const known = await accounts.byId(userId)
    await passwordCheck.confirm(current_password, known, from)
    const password_hash = await passwords.hash(new_password)
    const ended = await sql.transaction(async trx => {
      const user = await lockUser(trx, userId)
      if (user.password_hash !== known.password_hash) throw unauthenticated('invalid_credentials', 'The password was changed meanwhile.')
      await trx.updateTable('users').set({ password_hash, updated_at: clock() }).where('id', '=', userId).execute()
      await revokeTokens(trx, userId)
      await endChallenges(trx, userId)
      await record(trx, 'password.changed', { user: userId, actor: userId })
      return endSessions(trx, { userId }, clock())
    })
    await sessions.announce(ended)
  },
})
export type ProfileOwner = ReturnType<typeof profileOwner>
