import { unauthenticated } from '#shared/errors'
import type { ClientOrigin } from './client-origin'
import type { UserRow } from './database'
import type { LoginLockouts } from './lockouts'
import type { PasswordHashes } from './password-hashes'

/** Compares passwords and counts failures. A name without an account is counted too, and takes as long to compare. */
export const passwordChecks = ({ passwords, lockouts }: { passwords: PasswordHashes; lockouts: LoginLockouts }) => {
  const matches = async (password: string, account: UserRow | undefined, name: string, origin: ClientOrigin): Promise<boolean> => {
    const attempt = lockouts(account ? `user ${account.id}` : `name ${name}`, origin.address)
    await attempt.check()
    const right = await passwords.matches(password, account?.password_hash)
    await attempt.settle(right)
    return right
  }
  return {
    matches,
    /** For changes that a stolen access token alone must not allow. */
    async confirm(password: string, account: UserRow, origin: ClientOrigin): Promise<void> {
      if (!(await matches(password, account, '', origin))) throw unauthenticated('invalid_credentials', 'The current password is wrong.')
    },
  }
}
export type PasswordChecks = ReturnType<typeof passwordChecks>
