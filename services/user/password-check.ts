import { unauthenticated } from '#shared/errors'
import type { UserRow } from './database'
import type { Lockouts } from './lockout'
import type { Passwords } from './passwords'
import type { From } from './sessions'

/** Compares a password, counting failures. Somebody who doesn't exist is counted under the name given, and takes as long. */
export const passwordCheck = ({ passwords, lockouts }: { passwords: Passwords; lockouts: Lockouts }) => {
  const isRight = async (password: string, account: UserRow | undefined, name: string, from: From): Promise<boolean> => {
    const attempt = lockouts(account ? `user ${account.id}` : `name ${name}`, from.address)
    await attempt.check()
    const right = await passwords.matches(password, account?.password_hash)
    await attempt.settle(right)
    return right
  }
  return {
    isRight,
    /** For what a stolen token alone must not do. */
    async confirm(password: string, account: UserRow, from: From): Promise<void> {
      if (!(await isRight(password, account, '', from))) throw unauthenticated('invalid_credentials', 'The current password is wrong.')
    },
  }
}
export type PasswordCheck = ReturnType<typeof passwordCheck>
