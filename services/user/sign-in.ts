import { accessTokens, type Role } from '#shared/auth'
import { AppError, unauthenticated } from '#shared/errors'
import { type Accounts, lockUser } from './accounts'
import { record } from './audit'
import type { UserRow, UserSql } from './database'
import { loginNameOf } from './domain'
import type { SigningKeys } from './keys'
import type { Mfa } from './mfa'
import type { LoggedIn } from './model'
import type { PasswordCheck } from './password-check'
import type { From, Sessions } from './sessions'

interface Deps {
  sql: UserSql
  accounts: Accounts
  passwordCheck: PasswordCheck
  sessions: Sessions
  keys: SigningKeys
  mfa: Mfa
}

const wrong = () => unauthenticated('invalid_credentials', 'The name or the password is wrong.')

export const signIn = ({ sql, accounts, passwordCheck, sessions, keys, mfa }: Deps) => {
  const answer = async (user: { id: number; role: Role; email: string | null }, sid: string, refreshToken: string): Promise<LoggedIn> => ({
    access_token: await keys.sign({ sub: String(user.id), sid, role: user.role }),
    refresh_token: refreshToken,
    token_type: 'bearer',
    expires_in: accessTokens.lifeSeconds,
    user_id: user.id,
    email: user.email ?? '',
  })

  return {
    /** Unknown names take the same way, the same time and the same answer as wrong passwords. */
    async login({ password, ...names }: { email?: string; username?: string; password: string }, from: From) {
      const name = loginNameOf(names)
      const account = await accounts.byLogin(name)
      const right = await passwordCheck.isRight(password, account, name.key, from)
      if (!right || !account) throw wrong()
      const outcome = await sql.transaction(async trx => {
        const user = await lockUser(trx, account.id)
        // Changed while we compared: what was right is so no longer.
        if (user.password_hash !== account.password_hash) throw wrong()
        requireUnblocked(user)
        if (user.mfa_enabled === 1) return { user, challenge: await mfa.challenge(trx, user.id) }
        await record(trx, 'session.started', { user: user.id, actor: user.id })
        return { user, session: await sessions.open(trx, user.id, from) }
      })
      if ('challenge' in outcome) return { mfa_required: true as const, challenge: outcome.challenge }
      return answer(outcome.user, outcome.session.sid, outcome.session.refreshToken)
    },

    async loginMfa({ challenge, code }: { challenge: string; code: string }, from: From): Promise<LoggedIn> {
      const { user, session } = await mfa.pass(challenge, code, async (trx, user) => {
        requireUnblocked(user)
        await record(trx, 'session.started', { user: user.id, actor: user.id, detail: 'mfa' })
        return { user, session: await sessions.open(trx, user.id, from) }
      })
      return answer(user, session.sid, session.refreshToken)
    },

    async refresh(token: string): Promise<LoggedIn> {
      const { user, sid, refreshToken } = await sessions.rotate(token)
      return answer(user, sid, refreshToken)
    },

    logout: (user: { id: number; sid: string }) => sessions.end(user.id, user.sid),
  }
}
export type SignIn = ReturnType<typeof signIn>

/** Told only to whoever knows the password. */
const requireUnblocked = ({ blocked }: UserRow) => {
  if (blocked === 1) throw new AppError('forbidden', 'account_blocked', 'This account is blocked; write to the shop.')
}
