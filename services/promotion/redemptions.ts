import { sql as raw } from 'kysely'
import { promotionRedeemed, promotionRejected, promotionReleased } from '#shared/catalog'
import type { Message, Publish } from '#shared/events'
import { sumOf, toMajor } from '#shared/money'
import type { PromotionSql, RedemptionRow, Trx } from './database'
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
  /** What it was priced with. */
  uses: readonly Use[]
  placedAt: Date
}

/** Made if need be, and locked until the end: what is told of one order is taken in one after the other. */
const lockRedemption = async (trx: Trx, orderId: number): Promise<RedemptionRow> => {
  // Not `insert ignore`, whose shared lock on a row that is there would stand in the way of our own.
  await trx.insertInto('redemptions').values({ order_id: orderId, state: 'new' }).onDuplicateKeyUpdate({ order_id: orderId }).execute()
  return trx.selectFrom('redemptions').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirstOrThrow()
}

/** Takes one use of a campaign: each limit is held by the update that counts it. */
const take = async (
  trx: Trx,
  { orderId, userId, placedAt }: PlacedOrder,
  { campaign_id, code, amount }: Use,
): Promise<Refusal | undefined> => {
  const counted = await trx
    .updateTable('campaigns')
    .set(row => ({ used: row('used', '+', 1), used_at: new Date() }))
    .where('id', '=', campaign_id)
    .where(row => row.or([row('total_limit', 'is', null), row('used', '<', row.ref('total_limit'))]))
    .executeTakeFirst()
  const campaign = await trx
    .selectFrom('campaigns')
    .select(['per_user_limit', 'ends_at', 'deleted_at'])
    .where('id', '=', campaign_id)
    .executeTakeFirst()
  if (!campaign) return 'unknown_code'
  if (counted.numUpdatedRows === 0n) return 'limit_reached'
  if (isTooLate(campaign.ends_at, placedAt) || isTooLate(campaign.deleted_at, placedAt)) return 'expired'
  if (!(await countUser(trx, campaign_id, userId, campaign.per_user_limit))) return 'user_limit_reached'
  if (code !== null && !(await useCode(trx, code, campaign_id, orderId))) return 'code_used'
  await trx.insertInto('redemption_uses').values({ order_id: orderId, campaign_id, user_id: userId, code, amount }).execute()
  return undefined
}

const countUser = async (trx: Trx, campaign_id: number, user_id: number, limit: number | null): Promise<boolean> => {
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

/** False when another order has it. A campaign's own code may have been changed since it was priced: that is no fault of the order. */
const useCode = async (trx: Trx, code: string, campaignId: number, orderId: number): Promise<boolean> => {
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

const giveBack = async (trx: Trx, orderId: number): Promise<Use[]> => {
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
  return uses
}

/** All of the order's campaigns or none; always in the order of their ids, so that two orders wait for each other and never in a circle. */
const takeAll = async (trx: Trx, order: PlacedOrder): Promise<{ use: Use; refusal: Refusal } | undefined> => {
  await raw`savepoint before_taking`.execute(trx)
  for (const use of order.uses.toSorted((a, b) => a.campaign_id - b.campaign_id)) {
    const refusal = await take(trx, order, use)
    if (!refusal) continue
    await raw`rollback to savepoint before_taking`.execute(trx)
    return { use, refusal }
  }
  return undefined
}

const events = { redeemed: promotionRedeemed, rejected: promotionRejected, released: promotionReleased }

const save = async (trx: Trx, row: RedemptionRow, publish: Publish, { quiet = false } = {}) => {
  const { order_id, state, code, campaign_id, amount, currency, reason } = row
  const version = row.version + 1
  await trx
    .updateTable('redemptions')
    .set({ ...row, version, updated_at: new Date() })
    .where('order_id', '=', order_id)
    .execute()
  if (quiet || state === 'new') return
  const data = { order_id, campaign_id, code, amount: currency ? toMajor(amount, currency) : 0, ...(reason && { reason }) }
  publish(events[state]({ id: order_id, version }, data))
}

/** What orders hold of campaigns: one redemption an order, redeemed and given back once each, in whatever order that is told. */
export const redemptions = (sql: PromotionSql) => {
  const { db } = sql

  /** An order that names only its code was not priced by us: what the code belongs to is looked up. */
  const usesOf = async ({ uses, code }: PlacedOrder): Promise<readonly Use[]> => {
    if (code === null || uses.some(use => use.code === code)) return uses
    const row = await db.selectFrom('codes').select('campaign_id').where('code', '=', code).executeTakeFirst()
    return [...uses, { campaign_id: row?.campaign_id ?? 0, code, amount: 0 }]
  }

  return {
    async redeem(message: Message, placed: PlacedOrder): Promise<void> {
      const order = { ...placed, uses: await usesOf(placed) }
      await sql.once(message, async (trx, publish) => {
        const known = await lockRedemption(trx, order.orderId)
        if (known.state !== 'new') return
        const refused = await takeAll(trx, order)
        const main = refused?.use ?? order.uses.find(use => use.code !== null) ?? order.uses[0]
        await save(
          trx,
          {
            ...known,
            user_id: order.userId,
            state: refused ? 'rejected' : 'redeemed',
            code: main?.code ?? null,
            campaign_id: main?.campaign_id || null,
            amount: sumOf(order.uses.map(use => use.amount)),
            currency: order.currency,
            reason: refused?.refusal ?? null,
          },
          publish,
        )
      })
    },

    /** Heard before its order, it leaves a row by which the order takes nothing. */
    async release(message: Message, orderId: number): Promise<void> {
      await sql.once(message, async (trx, publish) => {
        const known = await lockRedemption(trx, orderId)
        if (known.state !== 'new' && known.state !== 'redeemed') return
        await giveBack(trx, orderId)
        await save(trx, { ...known, state: 'released' }, publish, { quiet: known.state === 'new' })
      })
    },

    async statesOf(orderIds: readonly number[]): Promise<Record<string, 'redeemed' | 'rejected' | 'released'>> {
      if (orderIds.length === 0) return {}
      const rows = await db.selectFrom('redemptions').select(['order_id', 'state']).where('order_id', 'in', orderIds).execute()
      return Object.fromEntries(rows.flatMap(({ order_id, state }) => (state === 'new' ? [] : [[order_id, state] as const])))
    },

    async exportOf(userId: number) {
      const rows = await db
        .selectFrom('redemptions')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('order_id')
        .limit(maxExported)
        .execute()
      return {
        redemptions: rows.map(({ order_id, code, state, amount, currency, created_at }) => ({
          order_id,
          code,
          state,
          amount: currency ? toMajor(amount, currency) : 0,
          currency,
          created_at: created_at.toISOString(),
        })),
      }
    },
  }
}
export type Redemptions = ReturnType<typeof redemptions>

const maxExported = 10_000
