import { accessTokens, type Role } from '#shared/auth'
import { AppError, unauthenticated } from '#shared/errors'
import type { RecordAudit } from './audit'
import type { ClientOrigin } from './client-origin'
import type { Clock, UserRow, UserSql } from './database'
import { loginNameOf } from './domain'
import type { EmailWarnings } from './email-warnings'
import { rememberOrigin } from './known-origins'
import type { LoggedIn } from './login-model'
import type { PasswordChecks } from './password-checks'
import { type Accounts, lockUser } from './repository'
import type { SecondFactors } from './second-factors'
import type { Sessions } from './sessions'
import type { SigningKeys } from './signing-keys'

interface Deps {
  sql: UserSql
  clock: Clock
  accounts: Accounts
  checks: PasswordChecks
  sessions: Sessions
  keys: SigningKeys
  factors: SecondFactors
  warnings: EmailWarnings
  recordAudit: RecordAudit
}

const wrongCredentials = () => unauthenticated('invalid_credentials', 'The name or the password is wrong.')

/** Checked after the password, so that a stranger cannot find out which accounts are blocked. */
const requireUnblocked = ({ blocked }: UserRow) => {
  if (blocked === 1) throw new AppError('forbidden', 'account_blocked', 'This account is blocked; contact the shop.')
}

export const logins = ({ sql, clock, accounts, checks, sessions, keys, factors, warnings, recordAudit }: Deps) => {
  const loggedIn = async (
    user: { id: number; role: Role; email: string | null },
    { sid, refreshToken }: { sid: string; refreshToken: string },
  ): Promise<LoggedIn> => ({
    access_token: await keys.sign({ sub: String(user.id), sid, role: user.role }),
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: accessTokens.lifeSeconds,
    user_id: user.id,
    email: user.email ?? '',
  })

  return {
    /** An unknown name takes the same steps and the same time as a wrong password, and gets the same answer. */
    async logIn({ password, ...names }: { email?: string; username?: string; password: string }, origin: ClientOrigin) {
      const name = loginNameOf(names)
      const account = await accounts.byLogin(name)
      const right = await checks.matches(password, account, name.key, origin)
      if (!right || !account) throw wrongCredentials()
      const outcome = await sql.transaction(async (trx, publish) => {
        const user = await lockUser(trx, account.id)
        // The password was changed while we compared the old one.
        if (user.password_hash !== account.password_hash) throw wrongCredentials()
        requireUnblocked(user)
        if (user.mfa_enabled === 1) return { user, challenge: await factors.challenge(trx, user.id) }
        await recordAudit(trx, 'session.started', { user: user.id, actor: user.id })
        await rememberOrigin(trx, publish, user, origin, { clock, warnings })
        return { user, session: await sessions.open(trx, user.id, origin) }
      })
      if ('challenge' in outcome) return { mfa_required: true as const, challenge: outcome.challenge }
      return loggedIn(outcome.user, outcome.session)
    },

    async answerChallenge({ challenge, code }: { challenge: string; code: string }, origin: ClientOrigin): Promise<LoggedIn> {
      const { user, session } = await factors.answer(challenge, code, async (trx, publish, user) => {
        requireUnblocked(user)
        await recordAudit(trx, 'session.started', { user: user.id, actor: user.id, detail: 'mfa' })
        await rememberOrigin(trx, publish, user, origin, { clock, warnings })
        return { user, session: await sessions.open(trx, user.id, origin) }
      })
      return loggedIn(user, session)
    },

    /** `repeatable` where a repetition must not end the session: a page may be closed before it has the answer, and two tabs share a cookie. */
    async refresh(token: string, { repeatable }: { repeatable: boolean }): Promise<LoggedIn> {
      const { user, ...session } = await sessions.rotate(token, { repeatable })
      return loggedIn(user, session)
    },

    logOut: (user: { id: number; sid: string }) => sessions.end(user.id, user.sid),
    logOutByToken: sessions.endOf,
  }
}
export type Logins = ReturnType<typeof logins>
