import { createHash } from 'node:crypto'
import type { NotificationSql } from './database'

const hashOf = (address: string) => createHash('sha256').update(address.trim().toLowerCase()).digest('hex')

/** Addresses that get critical mails only, since a mail bounced there for good or its reader complained. */
export const addressSuppressions = ({ db, transaction }: Pick<NotificationSql, 'db' | 'transaction'>) => ({
  /** Those of the addresses that refuse mail. */
  async among(addresses: readonly string[]): Promise<Set<string>> {
    if (addresses.length === 0) return new Set()
    const found = await db.selectFrom('suppressions').select('address_hash').where('address_hash', 'in', addresses.map(hashOf)).execute()
    const hashes = new Set(found.map(({ address_hash }) => address_hash))
    return new Set(addresses.filter(address => hashes.has(hashOf(address))))
  },
  async add(
    userId: number,
    address: string,
    reason: 'bounced' | 'complained',
    executor: Pick<NotificationSql['db'], 'insertInto'> = db,
  ): Promise<void> {
    await executor
      .insertInto('suppressions')
      .values({ address_hash: hashOf(address), user_id: userId, reason })
      .onDuplicateKeyUpdate({ user_id: userId, reason })
      .execute()
  },
  /** Their address works again, as an administrator was told. */
  async lift(userId: number): Promise<void> {
    await transaction(trx => trx.deleteFrom('suppressions').where('user_id', '=', userId).execute())
  },
})
export type Suppressions = ReturnType<typeof addressSuppressions>
