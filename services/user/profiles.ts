import { unauthenticated } from '#shared/errors'
import type { Publish } from '#shared/event'
import type { RecordAudit } from './audit'
import type { ClientOrigin } from './client-origin'
import type { ConfirmOwner } from './confirm-owner'
import type { Clock, Trx, UserRow, UserSql } from './database'
import { emailOf, usernameOf } from './domain'
import type { EmailWarnings } from './email-warnings'
import { tooManyMails } from './mail-quotas'
import { type MailedTokens, revokeTokens } from './mailed-tokens'
import type { PasswordChange, ProfileChange } from './model'
import { replacePassword } from './new-password'
import type { PasswordHashes } from './password-hashes'
import { type Accounts, changeUser, emailTaken, lockUser, refuseTakenName, sealedContact } from './repository'
import type { Sessions } from './sessions'
import type { Vault } from './vault'

interface Deps {
  sql: UserSql
  vault: Vault
  clock: Clock
  accounts: Accounts
  passwords: PasswordHashes
  confirm: ConfirmOwner
  sessions: Sessions
  tokens: MailedTokens
  warnings: EmailWarnings
  recordAudit: RecordAudit
}

/** The owner was confirmed before the row was locked: a password that has been replaced since proves nothing any more. */
const requireSamePassword = (user: UserRow, confirmed: UserRow) => {
  if (user.password_hash !== confirmed.password_hash)
    throw unauthenticated('wrong_password', 'The password was changed meanwhile; try again with the new one.')
}

/** What users change about their own accounts. */
export const profiles = ({ sql, vault, clock, accounts, passwords, confirm, sessions, tokens, warnings, recordAudit }: Deps) => {
  /** A new e-mail could be used to reset the password, so a stolen access token must not be enough for it. */
  const confirmNewEmail = async (userId: number, email: string, given: ProfileChange, origin: ClientOrigin) => {
    const user = await accounts.byId(userId)
    return email === user.email ? user : confirm(userId, given, origin)
  }

  /** Mails the link to the new address, and warns the old one. */
  const requestNewEmail = async (trx: Trx, publish: Publish, user: Pick<UserRow, 'id' | 'email' | 'version'>, email: string) => {
    const { id } = user
    const taken = await trx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
    if (taken) throw emailTaken()
    if (!(await tokens.issue(trx, publish, user, 'email_change', email))) throw tooManyMails()
    await warnings.warn(trx, publish, { ...user, version: user.version + 1 }, 'email_warning')
    await recordAudit(trx, 'email.change_requested', { user: id, actor: id })
  }

  return {
    /** A new e-mail waits until its link is followed. Sending the present one withdraws it. */
    async change(userId: number, given: ProfileChange, origin: ClientOrigin): Promise<UserRow> {
      const { full_name, language } = given
      const email = given.email === undefined ? undefined : emailOf(given.email)
      const name = given.username === undefined ? undefined : usernameOf(given.username)
      const confirmed = email === undefined ? undefined : await confirmNewEmail(userId, email, given, origin)
      return sql.transaction(async (trx, publish) => {
        const user = await lockUser(trx, userId)
        if (confirmed) requireSamePassword(user, confirmed)
        const newEmail = email === undefined || email === user.email ? null : email
        const change = {
          ...sealedContact(vault, userId, given),
          ...(full_name !== undefined && { full_name: full_name.trim() }),
          ...(language !== undefined && { language }),
          ...(name && { username: name.username, username_key: name.key }),
          ...(email !== undefined && { pending_email: newEmail }),
        }
        const version = await refuseTakenName(changeUser(trx, publish, user, change, clock()))
        if (email !== undefined) await revokeTokens(trx, userId, 'email_change')
        if (newEmail) await requestNewEmail(trx, publish, { ...user, version }, newEmail)
        return trx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
      })
    },

    /** Ends every session, this one too: somebody else may be logged in with the old password. */
    async changePassword(userId: number, { new_password, ...proof }: PasswordChange, origin: ClientOrigin) {
      const known = await confirm(userId, proof, origin)
      const password_hash = await passwords.hash(new_password)
      const ended = await sql.transaction(async (trx, publish) => {
        const user = await lockUser(trx, userId)
        requireSamePassword(user, known)
        await recordAudit(trx, 'password.changed', { user: userId, actor: userId })
        return replacePassword(trx, publish, user, { password_hash }, { clock, warnings })
      })
      await sessions.publishEnd(ended)
    },
  }
}
export type Profiles = ReturnType<typeof profiles>
