import { promotionRedeemed, promotionRejected, promotionReleased } from '#shared/catalog'
import type { Message, Publish } from '#shared/event'
import { sumOf, toMajor } from '#shared/money'
import { allRows } from '#shared/personal-data'
import { lockOrMake } from '#shared/sql'
import type { PromotionSql, RedemptionRow, Trx } from './database'
import { nextRedemptionStep, type Use } from './domain-redemptions'
import { anonymiseIfErased } from './erase-user'
import { holdCampaigns, type PlacedOrder, releaseCampaigns } from './uses'

const lockRedemption = (trx: Trx, orderId: number, expected: { likelyNew?: boolean } = {}): Promise<RedemptionRow> =>
  lockOrMake(trx, 'redemptions', { order_id: orderId }, { state: 'new' }, expected)

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

const exportView = ({ order_id, code, state, amount, currency, created_at }: RedemptionRow) => ({
  order_id,
  code,
  state,
  amount: currency ? toMajor(amount, currency) : 0,
  currency,
  created_at: created_at.toISOString(),
})

/** One redemption per order. It is redeemed once and released once, whichever of the order's two events arrives first. */
export const redemptions = (sql: PromotionSql) => {
  const { db } = sql

  /** An order that was not priced here names only its code; the campaign of the code is looked up. */
  const usesOf = async ({ uses, code }: PlacedOrder): Promise<readonly Use[]> => {
    if (code === null || uses.some(use => use.code === code)) return uses
    const row = await db.selectFrom('codes').select('campaign_id').where('code', '=', code).executeTakeFirst()
    return [...uses, { campaign_id: row?.campaign_id ?? 0, code, amount: 0 }]
  }

  return {
    async redeem(message: Message, placed: PlacedOrder): Promise<void> {
      const order = { ...placed, uses: await usesOf(placed) }
      await sql.once(message, async (trx, publish) => {
        const known = await lockRedemption(trx, order.orderId, { likelyNew: true })
        if (nextRedemptionStep(known.state, 'placed') !== 'hold') return
        const refused = await holdCampaigns(trx, order)
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
        await anonymiseIfErased(trx, order.userId)
      })
    },

    /** A cancellation that arrives before its order leaves a released row, and the order then gets no campaign. */
    async release(message: Message, orderId: number): Promise<void> {
      await sql.once(message, async (trx, publish) => {
        const known = await lockRedemption(trx, orderId)
        const step = nextRedemptionStep(known.state, 'cancelled')
        if (step === 'nothing') return
        if (step === 'release') await releaseCampaigns(trx, orderId)
        await save(trx, { ...known, state: 'released' }, publish, { quiet: step === 'close' })
      })
    },

    async statesOf(orderIds: readonly number[]): Promise<Record<string, 'redeemed' | 'rejected' | 'released'>> {
      if (orderIds.length === 0) return {}
      const rows = await db.selectFrom('redemptions').select(['order_id', 'state']).where('order_id', 'in', orderIds).execute()
      return Object.fromEntries(rows.flatMap(({ order_id, state }) => (state === 'new' ? [] : [[order_id, state] as const])))
    },

    async exportOf(userId: number) {
      const ofUser = db.selectFrom('redemptions').selectAll().where('user_id', '=', userId)
      const rows = await allRows(
        (after, limit) => ofUser.where('order_id', '>', after).orderBy('order_id').limit(limit).execute(),
        ({ order_id }) => order_id,
      )
      return { redemptions: rows.map(exportView) }
    },
  }
}
export type Redemptions = ReturnType<typeof redemptions>
