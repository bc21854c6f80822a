import { beforeAdminAct } from '#shared/admin-acts'
import { invalid, unauthenticated } from '#shared/errors'
import type { ClientOrigin } from './client-origin'
import type { UserRow } from './database'
import type { OwnerProof } from './model'
import type { PasswordChecks } from './password-checks'
import type { Accounts } from './repository'
import type { SecondFactors } from './second-factors'

interface Deps {
  accounts: Accounts
  checks: PasswordChecks
  factors: SecondFactors
}

const missing = (message: string) =>
  invalid('current_password_required', message, [{ path: '/current_password', message: 'Expected for this change' }])

/** For changes that a stolen access token alone must not allow: the password, or a code where two-factor login is on. */
export const confirmOwner = ({ accounts, checks, factors }: Deps) => {
  const check = async (userId: number, { current_password, code }: OwnerProof, origin: ClientOrigin): Promise<UserRow> => {
    const account = await accounts.byId(userId)
    const hasFactor = account.mfa_enabled === 1
    const byCode = current_password === undefined && code !== undefined && hasFactor
    if (current_password === undefined && !byCode)
      throw missing(`Send current_password${hasFactor ? ' or code' : ''} as well: the access token alone is not enough for this change.`)
    const right =
      current_password === undefined
        ? await factors.confirm(userId, code ?? '')
        : await checks.matches(current_password, account, '', origin)
    if (!right) throw unauthenticated('wrong_password', `The current ${byCode ? 'code' : 'password'} is wrong.`)
    return account
  }
  return (userId: number, proof: OwnerProof, origin: ClientOrigin) => beforeAdminAct(() => check(userId, proof, origin))
}
export type ConfirmOwner = ReturnType<typeof confirmOwner>
