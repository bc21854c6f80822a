import { orderCancelled, orderCreated, userDeleted } from '#shared/catalog'
import type { Message } from '#shared/event'
import { deliverTo, messageOf, sender, testClients, testHttp, testRedis, testSql } from '#shared/testing'
import { minute } from '#shared/time'
import { promotionApp } from './app'
import { promotionClients } from './clients'
import { compose } from './compose'
import type { PromotionDb } from './database'
import { promotionHandlers } from './events'
import * as migrations from './migrations'
import type { CampaignView } from './model'

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

export const accountDeleted = (user_id: number) => messageOf(userDeleted({ id: user_id, version: 2 }, { user_id }))

/** Laptops are a category of electronics. */
export const categories = { electronics: 'e'.repeat(24), laptops: '1'.repeat(24), toys: '2'.repeat(24) }
const tree = [
  { id: categories.electronics, name: 'Electronics', children: [{ id: categories.laptops, name: 'Laptops', children: [] }] },
  { id: categories.toys, name: 'Toys', children: [] },
]
export const toy = { product_id: 'b'.repeat(24), sku: 'TOY', quantity: 1, price: 100, category: 'Toys' }
const catalogued = new Map([
  [laptop.product_id, { category: laptop.category, category_ids: [categories.electronics, categories.laptops] }],
  [toy.product_id, { category: toy.category, category_ids: [categories.toys] }],
])

/** Plays the product service, whose catalog has only the laptop and the toy. */
const catalog = {
  async fetch(request: Request) {
    if (request.method === 'GET') return Response.json({ items: tree })
    const { ids }: { ids: string[] } = await request.json()
    const items = ids.flatMap(id => (catalogued.has(id) ? [{ id, ...catalogued.get(id) }] : []))
    return Response.json({ items, missing: ids.filter(id => !catalogued.has(id)) })
  },
}

/** The service in-process, on a schema of its own. */
export const testPromotion = async ({ mostWrongCodes = 1_000_000 } = {}) => {
  const store = await testSql<PromotionDb>({ service: 'promotion', migrations })
  const others = testClients({ product: catalog })
  const { sql } = store
  const { http, as, asService, failures } = await testHttp('promotion')
  const redis = await testRedis()
  const service = compose({ sql, clients: promotionClients(others.client), redis: redis.redis, mostWrongCodes })
  const app = promotionApp({ http, ...service })
  const admin = await as(7, 'admin')

  const send = sender(app, { under: '/api/promotions', by: admin })
  const deliver = deliverTo(promotionHandlers(service))
  let made = 0

  return {
    ...store,
    app,
    as,
    asService,
    failures,
    send,
    campaigns: service.campaigns,
    edits: service.edits,
    adoptCategoryIds: service.adoptCategoryIds,
    others,
    /** A campaign of ten percent, with the fields that matter to the test. */
    async add(fields: object = {}): Promise<CampaignView> {
      const { status, body } = await send('POST', '/', { name: 'Sale', code: `CODE${++made}`, kind: 'percentage', value: 10, ...fields })
      if (status !== 201) throw new Error(`the campaign was not created: ${JSON.stringify(body)}`)
      return body
    },
    deliver,
    /** Delivers all at once, like a burst of orders. */
    deliverAll: (messages: readonly Message[]) => Promise.all(messages.map(one => deliver(one))),
    validate: async (body: object, headers: Record<string, string> = {}) =>
      (await send('POST', '/validate', { items: [laptop], subtotal: 3000, ...body }, headers)).body,
    discounts: async (body: object) =>
      send('POST', '/internal/discounts', { currency: 'USD', items: [laptop], ...body }, await asService('order')),
    async used(id: number): Promise<number> {
      return (await service.campaigns.byId(id)).used
    },
    /** The events about an order, oldest first. */
    async publishedFor(orderId: number) {
      const messages = await store.published()
      return messages
        .filter(({ aggregate }) => aggregate.id === String(orderId))
        .map(({ type, data }): Record<string, unknown> => ({ type, ...(data as object) }))
    },
    drift: async () => (await service.drift(new Date(0), new Date(Date.now() + minute))).limits,
    async drop() {
      await Promise.all([store.drop(), redis.drop(), others.stop()])
    },
  }
}
export type TestPromotion = Awaited<ReturnType<typeof testPromotion>>
