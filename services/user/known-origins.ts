import { clientNetwork } from '#shared/client-address'
import type { Publish } from '#shared/event'
import type { ClientOrigin } from './client-origin'
import type { Clock, Trx, UserRow } from './database'
import type { EmailWarnings } from './email-warnings'
import { digest } from './secrets'

/** The oldest are forgotten, so that nobody fills the table by logging in from everywhere. */
const mostPerUser = 50

/**
 * Tells the user of a login from a device or an address that they had not used before; the first login ever is what the others are compared with. The
 * event says no more than that, and what decides it is stored as hashes. Whoever logs in names the device: the mails of an hour are limited, since
 * the address may be a stranger's. The caller has locked the user's row.
 */
export const rememberOrigin = async (
  trx: Trx,
  publish: Publish,
  user: Pick<UserRow, 'id' | 'email' | 'version'>,
  { address, agent }: ClientOrigin,
  { clock, warnings }: { clock: Clock; warnings: Pick<EmailWarnings, 'warn'> },
): Promise<void> => {
  const hashes = [digest(`${user.id} device ${agent ?? ''}`), digest(`${user.id} network ${clientNetwork(address)}`)]
  const rows = await trx
    .selectFrom('known_origins')
    .select('hash')
    .where('user_id', '=', user.id)
    .orderBy('seen_at', 'desc')
    .limit(mostPerUser * 2)
    .execute()
  const known = new Set(rows.map(({ hash }) => hash))
  const unknown = hashes.filter(hash => !known.has(hash))
  if (unknown.length === 0) return
  await trx
    .insertInto('known_origins')
    .values(unknown.map(hash => ({ user_id: user.id, hash, seen_at: clock() })))
    .execute()
  const surplus = rows.slice(mostPerUser - unknown.length).map(({ hash }) => hash)
  if (surplus.length > 0) await trx.deleteFrom('known_origins').where('user_id', '=', user.id).where('hash', 'in', surplus).execute()
  if (rows.length > 0) await warnings.warn(trx, publish, user, 'new_sign_in')
}
