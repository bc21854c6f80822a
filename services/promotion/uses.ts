import { lockOrMake } from '#shared/sql'
import type { Trx } from './database'
import type { Refusal } from './domain'
import { type Holdable, type HoldableCode, oncePerCampaign, refusalToHold, type Use } from './domain-redemptions'

export interface PlacedOrder {
  orderId: number
  userId: number
  currency: string
  code: string | null
  /** The campaigns in its price. */
  uses: readonly Use[]
  placedAt: Date
}

/** Locked until the transaction ends, so two orders at once cannot both get the last use of a campaign or the same code. */
const lockCampaign = async (trx: Trx, id: number, userId: number): Promise<Holdable | undefined> => {
  const row = await trx
    .selectFrom('campaigns')
    .select(['total_limit', 'per_user_limit', 'ends_at', 'deleted_at', 'used'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return undefined
  const byUser = await lockOrMake(trx, 'user_uses', { campaign_id: id, user_id: userId }, { used: 0 }, { likelyNew: true })
  return {
    totalLimit: row.total_limit,
    perUserLimit: row.per_user_limit,
    endsAt: row.ends_at,
    deletedAt: row.deleted_at,
    used: row.used,
    usedByUser: byUser.used,
  }
}
const lockCode = async (trx: Trx, code: string | null): Promise<HoldableCode | undefined> => {
  if (code === null) return undefined
  const row = await trx.selectFrom('codes').selectAll().where('code', '=', code).forUpdate().executeTakeFirst()
  return row && { singleUse: row.single_use === 1, campaignId: row.campaign_id, orderId: row.order_id }
}

const count = async (trx: Trx, { orderId, userId }: PlacedOrder, { campaign_id, code, amount }: Use): Promise<void> => {
  const inserted = await trx
    .insertInto('redemption_uses')
    .values({ order_id: orderId, campaign_id, user_id: userId, code, amount })
    .executeTakeFirst()
  const used_at = new Date()
  await trx
    .updateTable('campaigns')
    .set(row => ({ used: row('used', '+', 1), counted: row('counted', '+', Number(inserted.numInsertedOrUpdatedRows)), used_at }))
    .where('id', '=', campaign_id)
    .execute()
  await trx
    .updateTable('user_uses')
    .set(row => ({ used: row('used', '+', 1), used_at }))
    .where('campaign_id', '=', campaign_id)
    .where('user_id', '=', userId)
    .execute()
  if (code !== null)
    await trx.updateTable('codes').set({ order_id: orderId }).where('code', '=', code).where('single_use', '=', 1).execute()
}

/**
 * Counts all of an order's campaigns, or none if one is refused. In the order of their ids, so that orders with the same campaigns rarely
 * deadlock.
 */
export const holdCampaigns = async (trx: Trx, order: PlacedOrder): Promise<{ use: Use; refusal: Refusal } | undefined> => {
  const held: Use[] = []
  for (const use of oncePerCampaign(order.uses)) {
    const campaign = await lockCampaign(trx, use.campaign_id, order.userId)
    const refusal = refusalToHold(use, campaign, await lockCode(trx, use.code), order.placedAt)
    if (refusal) return { use, refusal }
    // An automatic campaign that is not stored has nothing to count.
    if (campaign) held.push(use)
  }
  for (const use of held) await count(trx, order, use)
  return undefined
}

export const releaseCampaigns = async (trx: Trx, orderId: number): Promise<void> => {
  const uses = await trx.selectFrom('redemption_uses').selectAll().where('order_id', '=', orderId).orderBy('campaign_id').execute()
  for (const { campaign_id, user_id, code } of uses) {
    const deleted = await trx
      .deleteFrom('redemption_uses')
      .where('order_id', '=', orderId)
      .where('campaign_id', '=', campaign_id)
      .executeTakeFirst()
    const used_at = new Date()
    await trx
      .updateTable('campaigns')
      .set(row => ({ used: row('used', '-', 1), counted: row('counted', '-', Number(deleted.numDeletedRows)), used_at }))
      .where('id', '=', campaign_id)
      .execute()
    await trx
      .updateTable('user_uses')
      .set(row => ({ used: row('used', '-', 1), used_at }))
      .where('campaign_id', '=', campaign_id)
      .where('user_id', '=', user_id)
      .execute()
    if (code !== null)
      await trx.updateTable('codes').set({ order_id: null }).where('code', '=', code).where('order_id', '=', orderId).execute()
  }
}
