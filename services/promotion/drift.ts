import { sql as raw } from 'kysely'
import { driftOf } from '#shared/drift'
import { day } from '#shared/time'
import type { PromotionSql } from './database'

const maxCampaigns = 1000
const maxUserUses = 5000
/** How seldom all uses of a campaign are counted that looks right. */
const countAgainMs = day

type Db = PromotionSql['db']

/** The campaigns whose counter for a user, changed in the window, differs from the uses of that user. */
const wrongForUsers = async (db: Db, since: Date, until: Date): Promise<number[]> => {
  const rows = await db
    .selectFrom('user_uses')
    .select(['campaign_id', 'used'])
    .select(
      raw<number>`(select count(*) from redemption_uses held where held.campaign_id = user_uses.campaign_id and held.user_id = user_uses.user_id)`.as(
        'held',
      ),
    )
    .where('used_at', '>=', since)
    .where('used_at', '<', until)
    .orderBy('used_at')
    .limit(maxUserUses)
    .execute()
  return rows.filter(({ used, held }) => Number(held) !== used).map(({ campaign_id }) => campaign_id)
}

/** The campaigns whose counters differ from all of their uses. One statement, so that all figures of a campaign are of the same moment. */
const wrongInFull = async (db: Db, ids: readonly number[], now: Date): Promise<number[]> => {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('campaigns')
    .select(['id', 'used', 'counted', 'counted_at'])
    .select(raw<number>`(select count(*) from redemption_uses where campaign_id = campaigns.id)`.as('held'))
    .select(raw<string | null>`(select sum(used) from user_uses where campaign_id = campaigns.id)`.as('by_users'))
    .where('id', 'in', ids)
    .execute()
  const wrong: number[] = []
  for (const { id, used, counted, counted_at, held, by_users } of rows) {
    const right = Number(held) === used && Number(by_users) === used
    if (!right) wrong.push(id)
    await db
      .updateTable('campaigns')
      // By its error, because orders may have changed it since. An instance of an earlier release does not keep it.
      .set(row => (right ? { counted: row('counted', '+', used - counted), counted_at: now } : { counted_at: null }))
      .where('id', '=', id)
      // Not if another check, at the same time, has written it.
      .where(raw<boolean>`counted_at <=> ${counted_at}`)
      .execute()
  }
  return wrong
}

/**
 * Campaigns used in a window whose counters differ from what orders hold. Of users, the uses of those of the window are counted. All uses of a
 * campaign are counted only while something of it is wrong, and once a day, one campaign at a time: 100,000 uses by 50,000 users took 16 ms at
 * best, and the check without them 1 ms.
 */
export const promotionDrift =
  ({ db }: Pick<PromotionSql, 'db'>) =>
  async (since: Date, until: Date, now = new Date()) => {
    const forUsers = await wrongForUsers(db, since, until)
    const changed = await db
      .selectFrom('campaigns')
      .select(['id', 'used', 'counted', 'counted_at'])
      .where('used_at', '>=', since)
      .where('used_at', '<', until)
      .orderBy('used_at')
      .limit(maxCampaigns)
      .execute()
    const suspect = changed.filter(({ used, counted, counted_at }) => used !== counted || counted_at === null)
    const due = changed
      .filter(({ counted_at }) => counted_at && counted_at.getTime() < now.getTime() - countAgainMs)
      .toSorted((a, b) => Number(a.counted_at) - Number(b.counted_at))
      .slice(0, 1)
    const toCount = new Set([...forUsers, ...[...suspect, ...due].map(({ id }) => id)])
    const wrong = new Set([...forUsers, ...(await wrongInFull(db, [...toCount], now))])
    return { limits: driftOf([...wrong].map(String)) }
  }
export type PromotionDrift = ReturnType<typeof promotionDrift>
