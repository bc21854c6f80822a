import type { Publish } from '#shared/event'
import type { Clock, Trx, UserRow } from './database'
import type { EmailWarnings } from './email-warnings'
import { revokeTokens } from './mailed-tokens'
import { changeUser } from './repository'
import { endChallenges } from './second-factors'
import { endSessions } from './sessions'

interface Change {
  password_hash: string
  email_verified?: true
}

/**
 * Somebody else may have known the old password, so what they may have begun ends with it, also a new e-mail that waits for its link: they could have
 * another link mailed. The address of the account is warned. The caller has locked the user's row, and publishes the end of the sessions that are returned.
 */
export const replacePassword = async (
  trx: Trx,
  publish: Publish,
  user: UserRow,
  change: Change,
  { clock, warnings }: { clock: Clock; warnings: Pick<EmailWarnings, 'warn'> },
): Promise<string[]> => {
  const version = await changeUser(trx, publish, user, { ...change, pending_email: null }, clock())
  await warnings.warn(trx, publish, { ...user, version }, 'password_changed')
  await revokeTokens(trx, user.id)
  await endChallenges(trx, user.id)
  return endSessions(trx, { userId: user.id }, clock())
}
