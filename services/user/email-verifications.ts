import { invalid } from '#shared/errors'
import type { RecordAudit } from './audit'
import type { Clock, UserRow, UserSql } from './database'
import { tooManyMails } from './mail-quotas'
import { type MailedTokens, revokeTokens } from './mailed-tokens'
import { changeUser, lockUser, refuseTakenName } from './repository'

interface Deps {
  sql: UserSql
  clock: Clock
  tokens: MailedTokens
  recordAudit: RecordAudit
}

/** The address that still has to be verified, if there is one. */
const unverified = ({ email, pending_email, email_verified }: UserRow) => {
  if (pending_email) return { kind: 'email_change', to: pending_email } as const
  return email && email_verified === 0 ? ({ kind: 'email_verification', to: email } as const) : undefined
}

/** A link in a mail shows that its reader has the address: the one of the account, or the one that is to replace it. */
export const emailVerifications = ({ sql, clock, tokens, recordAudit }: Deps) => ({
  /** Sends another mail, for a user whom the first one did not reach. */
  request: (userId: number) =>
    sql.transaction(async (trx, publish) => {
      const user = await lockUser(trx, userId)
      const mail = unverified(user)
      if (mail && !(await tokens.issue(trx, publish, user, mail.kind, mail.to))) throw tooManyMails()
    }),

  complete: (token: string) =>
    sql.transaction(async (trx, publish) => {
      const { userId, kind } = await tokens.redeem(trx, token, 'email_verification', 'email_change')
      const user = await lockUser(trx, userId)
      if (kind === 'email_verification') {
        await changeUser(trx, publish, user, { email_verified: true }, clock())
        return recordAudit(trx, 'email.verified', { user: userId })
      }
      const email = user.pending_email
      if (!email) throw invalid('invalid_token', 'The change of e-mail was withdrawn; ask for it again.')
      // Tokens that went to the old address must not work any more.
      await revokeTokens(trx, userId)
      await refuseTakenName(changeUser(trx, publish, user, { email, pending_email: null, email_verified: true }, clock()))
      await recordAudit(trx, 'email.changed', { user: userId })
    }),
})
export type EmailVerifications = ReturnType<typeof emailVerifications>
