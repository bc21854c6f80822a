import { recordAudit } from './audit'
import type { Clock, UserSql } from './database'
import type { MailedTokens } from './mailed-tokens'
import { changeUser, lockUser } from './repository'

export const emailVerifications = ({ sql, clock, tokens }: { sql: UserSql; clock: Clock; tokens: MailedTokens }) => ({
  /** Sends another mail, for a user whom the first one did not reach. */
  request: (userId: number) =>
    sql.transaction(async (trx, publish) => {
      const user = await lockUser(trx, userId)
      if (user.email_verified === 0) await tokens.issue(trx, publish, user, 'email_verification')
    }),

  complete: (token: string) =>
    sql.transaction(async (trx, publish) => {
      const userId = await tokens.redeem(trx, token, 'email_verification')
      await changeUser(trx, publish, await lockUser(trx, userId), { email_verified: true }, clock())
      await recordAudit(trx, 'email.verified', { user: userId })
    }),
})
export type EmailVerifications = ReturnType<typeof emailVerifications>
