import { type Accounts, changeUser, lockUser } from './accounts'
import { record } from './audit'
import type { Clock, UserSql } from './database'
import { emailOf } from './domain'
import { type MailedTokens, revokeTokens } from './mailed-tokens'
import { endChallenges } from './mfa'
import type { Passwords } from './passwords'
import { endSessions, type Sessions } from './sessions'

interface Deps {
  sql: UserSql
  clock: Clock
  accounts: Accounts
  passwords: Passwords
  sessions: Sessions
  tokens: MailedTokens
}

/** No answer comes sooner: how long the work took would tell whether there is such an account. */
const answersAfterMs = 50

/** A forgotten password, and the proof that an e-mail is somebody's own. */
export const accountRecovery = ({ sql, clock, accounts, passwords, sessions, tokens }: Deps) => {
  const requestReset = async (email: string) => {
    const known = await accounts.byLogin({ by: 'email', key: email })
    if (!known) return
    await sql.transaction(async (trx, publish) => {
      const user = await lockUser(trx, known.id)
      await tokens.issue(trx, publish, user, 'password_reset')
      await record(trx, 'password.reset_requested', { user: user.id })
    })
  }

  return {
    /** Says nothing about whether the address is known, neither by what it answers nor by when. */
    async forgot(given: string) {
      const email = emailOf(given)
      await Promise.all([requestReset(email), Bun.sleep(answersAfterMs)])
    },

    /** Ends every session: whoever was in with the old password is out. */
    async reset(token: string, newPassword: string) {
      await tokens.owner(sql.db, token, 'password_reset')
      const password_hash = await passwords.hash(newPassword)
      const ended = await sql.transaction(async trx => {
        const userId = await tokens.redeem(trx, token, 'password_reset')
        await lockUser(trx, userId)
        await trx.updateTable('users').set({ password_hash, updated_at: clock() }).where('id', '=', userId).execute()
        await revokeTokens(trx, userId)
        await endChallenges(trx, userId)
        await record(trx, 'password.reset', { user: userId })
        return endSessions(trx, { userId }, clock())
      })
      await sessions.announce(ended)
    },

    verifyEmail: (token: string) =>
      sql.transaction(async (trx, publish) => {
        const userId = await tokens.redeem(trx, token, 'email_verification')
        await changeUser(trx, publish, await lockUser(trx, userId), { email_verified: true }, clock())
        await record(trx, 'email.verified', { user: userId })
      }),

    /** Another mail, for whom the first did not reach. */
    requestVerification: (userId: number) =>
      sql.transaction(async (trx, publish) => {
        const user = await lockUser(trx, userId)
        if (user.email_verified === 0) await tokens.issue(trx, publish, user, 'email_verification')
      }),
  }
}
export type Recovery = ReturnType<typeof accountRecovery>
