import type { Log } from '#shared/log'
import type { RecordAudit } from './audit'
import type { Clock, UserSql } from './database'
import { emailOf } from './domain'
import type { EmailWarnings } from './email-warnings'
import type { MailedTokens } from './mailed-tokens'
import { replacePassword } from './new-password'
import type { PasswordHashes } from './password-hashes'
import { type Accounts, lockUser } from './repository'
import { removeSecondFactor } from './second-factors'
import type { Sessions } from './sessions'

interface Deps {
  sql: UserSql
  clock: Clock
  log: Pick<Log, 'warn'>
  accounts: Accounts
  passwords: PasswordHashes
  sessions: Sessions
  tokens: MailedTokens
  warnings: EmailWarnings
  recordAudit: RecordAudit
}

export const passwordResets = ({ sql, clock, log, accounts, passwords, sessions, tokens, warnings, recordAudit }: Deps) => {
  const issueToken = (userId: number, email: string) =>
    sql.transaction(async (trx, publish) => {
      const user = await lockUser(trx, userId)
      const issued = await tokens.issue(trx, publish, user, 'password_reset', email)
      if (issued) await recordAudit(trx, 'password.reset_requested', { user: userId })
    })

  return {
    /**
     * Neither the answer nor its time reveals whether the address is known, so nobody waits for the token. If it is lost, the user gets no mail and
     * asks again.
     */
    async request(given: string) {
      const email = emailOf(given)
      const known = await accounts.byLogin({ by: 'email', key: email })
      if (known) issueToken(known.id, email).catch(err => log.warn({ err }, 'a token to reset a password could not be issued'))
    },

    /**
     * Sets a new password and ends every session of the account. It also verifies the address: the token was mailed to the present one, since a change
     * of address revokes the tokens before it. An address that nobody had verified may have been registered by somebody else, whose two-factor login
     * would lock out its owner: it is turned off.
     */
    async complete(token: string, newPassword: string) {
      await tokens.check(sql.db, token, 'password_reset')
      const password_hash = await passwords.hash(newPassword)
      const ended = await sql.transaction(async (trx, publish) => {
        const { userId } = await tokens.redeem(trx, token, 'password_reset')
        const user = await lockUser(trx, userId)
        await recordAudit(trx, 'password.reset', { user: userId })
        if (user.email_verified === 0) {
          await recordAudit(trx, 'email.verified', { user: userId })
          await removeSecondFactor(trx, userId)
          if (user.mfa_enabled === 1) await recordAudit(trx, 'mfa.reset', { user: userId })
        }
        return replacePassword(trx, publish, user, { password_hash, email_verified: true }, { clock, warnings })
      })
      await sessions.publishEnd(ended)
    },
  }
}
export type PasswordResets = ReturnType<typeof passwordResets>
