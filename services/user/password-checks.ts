import { clientNetwork } from '#shared/client-address'
import type { ClientOrigin } from './client-origin'
import type { UserRow } from './database'
import type { FailedLogins } from './failed-logins'
import type { LoginLockouts } from './lockouts'
import type { PasswordHashes } from './password-hashes'

interface Deps {
  passwords: PasswordHashes
  lockouts: LoginLockouts
  recordFailure: FailedLogins
}

/** Compares passwords and counts failures. A name without an account is counted too, and takes as long to compare. */
export const passwordChecks = ({ passwords, lockouts, recordFailure }: Deps) => ({
  async matches(password: string, account: UserRow | undefined, name: string, origin: ClientOrigin): Promise<boolean> {
    const attempt = lockouts(account ? `user ${account.id}` : `name ${name}`, clientNetwork(origin.address))
    await attempt.check()
    const right = await passwords.matches(password, account?.password_hash)
    const { locked } = await attempt.settle(right)
    if (account && !right) recordFailure(account.id, { with: 'password', locked })
    return right
  },
})
export type PasswordChecks = ReturnType<typeof passwordChecks>
