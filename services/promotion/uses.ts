import { sql as raw } from 'kysely'
import type { Trx } from './database'
import { isTooLate, type Refusal } from './domain'

export interface Use {
  campaign_id: number
  code: string | null
  amount: number
}
export interface PlacedOrder {
  orderId: number
  userId: number
  currency: string
  code: string | null
  /** The campaigns in its price. */
  uses: readonly Use[]
  placedAt: Date
}

/**
 * Counts one use. Each limit of a campaign with a code is a condition of the update that counts, so two orders at once cannot both get
 * the last one. A customer who used no code is not refused for what ran out since the order was priced: automatic campaigns count past
 * their limits.
 */
const holdOne = async (
  trx: Trx,
  { orderId, userId, placedAt }: PlacedOrder,
  { campaign_id, code, amount }: Use,
): Promise<Refusal | undefined> => {
  const counted = await trx
    .updateTable('campaigns')
    .set(row => ({ used: row('used', '+', 1), used_at: new Date() }))
    .where('id', '=', campaign_id)
    .$if(code !== null, query => query.where(row => row.or([row('total_limit', 'is', null), row('used', '<', row.ref('total_limit'))])))
    .executeTakeFirst()
  const campaign = await trx
    .selectFrom('campaigns')
    .select(['per_user_limit', 'ends_at', 'deleted_at'])
    .where('id', '=', campaign_id)
    .executeTakeFirst()
  if (!campaign) return code === null ? undefined : 'unknown_code'
  if (counted.numUpdatedRows === 0n) return 'limit_reached'
  if (code !== null && (isTooLate(campaign.ends_at, placedAt) || isTooLate(campaign.deleted_at, placedAt))) return 'expired'
  if (!(await countForUser(trx, campaign_id, userId, code === null ? null : campaign.per_user_limit))) return 'user_limit_reached'
  if (code !== null && !(await claimCode(trx, code, campaign_id, orderId))) return 'code_used'
  await trx.insertInto('redemption_uses').values({ order_id: orderId, campaign_id, user_id: userId, code, amount }).execute()
  return undefined
}

const countForUser = async (trx: Trx, campaign_id: number, user_id: number, limit: number | null): Promise<boolean> => {
  await trx.insertInto('user_uses').values({ campaign_id, user_id, used: 0 }).onDuplicateKeyUpdate({ user_id }).execute()
  const { numUpdatedRows } = await trx
    .updateTable('user_uses')
    .set(row => ({ used: row('used', '+', 1) }))
    .where('campaign_id', '=', campaign_id)
    .where('user_id', '=', user_id)
    .$if(limit !== null, query => query.where('used', '<', limit))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * False when another order has this single-use code. A campaign's own code may have changed since the order was priced; that is accepted.
 */
const claimCode = async (trx: Trx, code: string, campaignId: number, orderId: number): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('codes')
    .set({ order_id: orderId })
    .where('code', '=', code)
    .where('campaign_id', '=', campaignId)
    .where('single_use', '=', 1)
    .where('order_id', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return true
  const row = await trx.selectFrom('codes').select(['single_use', 'campaign_id']).where('code', '=', code).executeTakeFirst()
  return row?.single_use !== 1
}

/** An order priced by an earlier release may name a campaign twice: as an automatic one, and by its code. */
const oncePerCampaign = (uses: readonly Use[]): Use[] => {
  const byCampaign = new Map<number, Use>()
  for (const use of uses) {
    const before = byCampaign.get(use.campaign_id)
    const both = before && { ...use, code: before.code ?? use.code, amount: before.amount + use.amount }
    byCampaign.set(use.campaign_id, both ?? use)
  }
  return [...byCampaign.values()]
}

/**
 * Counts all of an order's campaigns, or none if one is refused. In the order of their ids, so that orders with the same campaigns rarely
 * deadlock.
 */
export const holdCampaigns = async (trx: Trx, order: PlacedOrder): Promise<{ use: Use; refusal: Refusal } | undefined> => {
  await raw`savepoint before_uses`.execute(trx)
  for (const use of oncePerCampaign(order.uses).toSorted((a, b) => a.campaign_id - b.campaign_id)) {
    const refusal = await holdOne(trx, order, use)
    if (!refusal) continue
    await raw`rollback to savepoint before_uses`.execute(trx)
    return { use, refusal }
  }
  return undefined
}

export const releaseCampaigns = async (trx: Trx, orderId: number): Promise<void> => {
  const uses = await trx.selectFrom('redemption_uses').selectAll().where('order_id', '=', orderId).orderBy('campaign_id').execute()
  for (const { campaign_id, user_id, code } of uses) {
    await trx
      .updateTable('campaigns')
      .set(row => ({ used: row('used', '-', 1), used_at: new Date() }))
      .where('id', '=', campaign_id)
      .execute()
    await trx
      .updateTable('user_uses')
      .set(row => ({ used: row('used', '-', 1) }))
      .where('campaign_id', '=', campaign_id)
      .where('user_id', '=', user_id)
      .execute()
    if (code !== null)
      await trx.updateTable('codes').set({ order_id: null }).where('code', '=', code).where('order_id', '=', orderId).execute()
  }
  await trx.deleteFrom('redemption_uses').where('order_id', '=', orderId).execute()
}
