import { orderCancelled, orderCreated } from '#shared/catalog'
import type { Message } from '#shared/event'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { promotionApp } from './app'
import { singleUseCodes } from './codes'
import type { PromotionDb } from './database'
import { promotionDrift } from './drift'
import { promotionHandlers } from './events'
import * as migrations from './migrations'
import type { CampaignView } from './model'
import { pricing } from './pricing'
import { redemptions } from './redemptions'
import { campaignRepository } from './repository'

export const laptop = { product_id: '507f1f77bcf86cd799439011', sku: 'LT-001', quantity: 2, price: 1500, category: 'Electronics' }

interface Priced {
  user_id?: number
  coupon_code?: string
  campaigns?: { campaign_id: number; code?: string; amount: number }[]
  at?: Date
}
export const placed = (order_id: number, { at, user_id = order_id, ...priced }: Priced = {}) =>
  messageOf(
    orderCreated(
      { id: order_id, version: 1 },
      {
        order_id,
        user_id,
        items: [laptop],
        subtotal: 3000,
        discount: 0,
        tax: 0,
        shipping: 0,
        total_amount: 3000,
        tax_lines: [],
        currency: 'USD',
        shipping_option: 'standard',
        destination: {},
        payment_due_at: '2026-01-31T12:00:00.000Z',
        reservation_expires_at: '2026-01-31T12:00:00.000Z',
        ...priced,
      },
    ),
    at && { at },
  )
export const cancelled = (order_id: number) =>
  messageOf(orderCancelled({ id: order_id, version: 2 }, { order_id, user_id: order_id, reason: 'by_customer', items: [laptop] }))

/** The service in-process, on a schema of its own. The catalog knows the laptop alone. */
export const testPromotion = async () => {
  const store = await testSql<PromotionDb>({ service: 'promotion', migrations })
  const { sql } = store
  const { http, as, asService, failures } = await testHttp('promotion')
  const campaigns = campaignRepository(sql)
  const redeemed = redemptions(sql)
  const handlers = promotionHandlers({ redemptions: redeemed })
  const drift = promotionDrift(sql)
  const categoriesOf = async (ids: readonly string[]) =>
    new Map(ids.filter(id => id === laptop.product_id).map(id => [id, laptop.category]))
  const app = promotionApp({
    http,
    campaigns,
    codes: singleUseCodes(sql, campaigns),
    pricing: pricing({ campaigns, categoriesOf }),
    redemptions: redeemed,
    drift,
  })
  const admin = await as(7, 'admin')

  const send = sender(app, { under: '/api/promotions', by: admin })
  const hear = deliverTo(handlers)
  let made = 0

  return {
    ...store,
    app,
    as,
    asService,
    failures,
    send,
    campaigns,
    /** A campaign of ten percent, with what the test cares about. */
    async add(fields: object = {}): Promise<CampaignView> {
      const { status, body } = await send('POST', '/', { name: 'Sale', code: `CODE${++made}`, kind: 'percentage', value: 10, ...fields })
      if (status !== 201) throw new Error(`it was not made: ${JSON.stringify(body)}`)
      return body
    },
    hear,
    /** All at once, as a burst of orders comes in. */
    hearAll: (messages: readonly Message[]) => Promise.all(messages.map(one => hear(one))),
    validate: async (body: object, headers: Record<string, string> = {}) =>
      (await send('POST', '/validate', { items: [laptop], subtotal: 3000, ...body }, headers)).body,
    discounts: async (body: object) =>
      send('POST', '/internal/discounts', { currency: 'USD', items: [laptop], ...body }, await asService('order')),
    async used(id: number): Promise<number> {
      return (await campaigns.byId(id)).used
    },
    /** What was told of an order, oldest first. */
    async told(orderId: number) {
      const rows = await sql.kernel.selectFrom('outbox').select('body').orderBy('id').execute()
      return rows
        .map(
          row =>
            JSON.parse(row.body) as Message<{
              order_id: number
              reason?: string
              campaign_id: number | null
              code: string | null
              amount: number
            }>,
        )
        .filter(({ aggregate }) => aggregate.id === String(orderId))
        .map(({ type, data }) => ({ type, ...data }))
    },
    async tellings() {
      const rows = await sql.kernel.selectFrom('outbox').select(['type']).execute()
      return Object.fromEntries([...Map.groupBy(rows, row => row.type)].map(([type, all]) => [type, all.length]))
    },
    drift: async () => (await drift(new Date(0), new Date(Date.now() + 60_000))).limits,
  }
}
export type TestPromotion = Awaited<ReturnType<typeof testPromotion>>
