import type { RecordAudit } from './audit'
import type { Clock, UserSql } from './database'
import { emailOf } from './domain'
import type { MailedTokens } from './mailed-tokens'
import { replacePassword } from './new-password'
import type { PasswordHashes } from './password-hashes'
import { type Accounts, lockUser } from './repository'
import type { Sessions } from './sessions'

interface Deps {
  sql: UserSql
  clock: Clock
  accounts: Accounts
  passwords: PasswordHashes
  sessions: Sessions
  tokens: MailedTokens
  recordAudit: RecordAudit
}

/** Longer than the work takes: otherwise the time of the answer would reveal whether there is such an account. */
const answersAfterMs = 50

export const passwordResets = ({ sql, clock, accounts, passwords, sessions, tokens, recordAudit }: Deps) => {
  const issueToken = async (email: string) => {
    const known = await accounts.byLogin({ by: 'email', key: email })
    if (!known) return
    await sql.transaction(async (trx, publish) => {
      const user = await lockUser(trx, known.id)
      await tokens.issue(trx, publish, user, 'password_reset', email)
      await recordAudit(trx, 'password.reset_requested', { user: user.id })
    })
  }

  return {
    /** Neither the answer nor its time reveals whether the address is known. */
    async request(given: string) {
      const email = emailOf(given)
      await Promise.all([issueToken(email), Bun.sleep(answersAfterMs)])
    },

    /**
     * Sets a new password and ends every session of the account. It also verifies the address: the token was mailed to the present one, since a change
     * of address revokes the tokens before it.
     */
    async complete(token: string, newPassword: string) {
      await tokens.check(sql.db, token, 'password_reset')
      const password_hash = await passwords.hash(newPassword)
      const ended = await sql.transaction(async (trx, publish) => {
        const { userId } = await tokens.redeem(trx, token, 'password_reset')
        const user = await lockUser(trx, userId)
        await recordAudit(trx, 'password.reset', { user: userId })
        if (user.email_verified === 0) await recordAudit(trx, 'email.verified', { user: userId })
        return replacePassword(trx, publish, user, { password_hash, email_verified: true }, clock())
      })
      await sessions.publishEnd(ended)
    },
  }
}
export type PasswordResets = ReturnType<typeof passwordResets>
