import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { driftOf } from '#shared/drift'
import { createMetrics } from '#shared/metrics'
import { sender, testClients, testHttp, testRedis } from '#shared/testing'
import { minute } from '#shared/time'
import { discoveryClients } from './clients'
import { compose } from './compose'
import { driftRelations } from './drift'
import { platformRoutes } from './routes'

const none = driftOf([])
const order = (more: object = {}) => ({ status: 'fulfilling', paid: 20, has_stock: 'committed', ...more })

/** What each service answers, by path: services that agree. A test changes some of it. */
const healthy = () => ({
  favourite: {
    '/internal/drift': { watches: none, counts: none, stuck: none },
    '/internal/stock': { stock: { B: 2 } as Record<string, number> },
  },
  inventory: {
    '/internal/drift': { movements: none, shelves: none, reserved: none, stock: { A: 1, B: 2 } },
    '/internal/reservations': { reservations: { 1: 'committed', 2: 'released' } },
  },
  product: {
    '/internal/stock': { stock: { A: 1, B: 2 } },
    '/internal/catalog/count': { active: 7 },
    '/internal/ratings': { ratings: { p1: { average: 4.5, count: 2 } } },
  },
  // A product without reviews is shown without a rating.
  rating: { '/internal/drift': { summaries: none, ratings: { p1: { average: 4.5, count: 2 }, p2: { average: 0, count: 0 } } } },
  search: { '/internal/drift': { stored: 7, indexed: 7 } },
  notification: { '/internal/drift': { overdue: none } },
  order: {
    '/internal/drift': {
      orders: { 1: order(), 2: order({ status: 'cancelled', paid: 0, has_stock: 'none', coupon_code: 'TEN' }) },
      stuck: none,
      money_kept: none,
    },
  },
  payment: {
    '/internal/drift': { ledger: none, outstanding: none },
    '/internal/payments/by-order': { payments: { 1: { captured: 30, refunded: 10 } } },
  },
  promotion: { '/internal/drift': { limits: none }, '/internal/redemptions': { redemptions: { 2: 'released' } } },
  shipping: { '/internal/drift': { stuck: none } },
  tax: {
    '/internal/drift': { orders: { 1: 20 } as Record<string, number> },
    '/internal/orders': { orders: { 1: 20 } as Record<string, number> },
  },
})
let answers = healthy()
/** Runs after each answer, for what changes between two questions. */
let onAnswer = (_path: string) => {}
const play = (name: keyof typeof answers) => ({
  fetch({ url }: Request) {
    const { pathname } = new URL(url)
    const [, body] = Object.entries(answers[name]).find(([path]) => path === pathname) ?? []
    const answer = Response.json(body)
    onAnswer(pathname)
    return answer
  },
})
const { client, down, stop } = testClients({
  favourite: play('favourite'),
  inventory: play('inventory'),
  product: play('product'),
  notification: play('notification'),
  order: play('order'),
  payment: play('payment'),
  promotion: play('promotion'),
  rating: play('rating'),
  search: play('search'),
  shipping: play('shipping'),
  tax: play('tax'),
})

const corner = await testRedis()
const metrics = createMetrics('discovery')
const warnings: unknown[] = []
let now = new Date('2026-01-31T12:00:00Z')
const discovery = compose({
  redis: corner.redis,
  clients: discoveryClients(client),
  metrics,
  log: { warn: (fields: unknown) => void warnings.push(fields) },
  clock: () => now,
})
const { http, as } = await testHttp('discovery')
const send = sender(platformRoutes({ http, ...discovery }), { by: await as(1, 'admin') })
const drift = async () => (await send('GET', '/api/discovery/drift')).body
/** The relations of a gauge with their values. */
const gauge = async (name: string) =>
  Object.fromEntries(
    [...(await metrics.text()).matchAll(new RegExp(`^${name}{.*relation="(\\w+)".*} (\\S+)$`, 'gm'))].map(([, relation, value]) => [
      relation,
      Number(value),
    ]),
  )

beforeEach(() => {
  answers = healthy()
  onAnswer = () => {}
  down.clear()
  warnings.length = 0
})
afterAll(async () => {
  metrics.close()
  await Promise.all([stop(), corner.drop()])
})

describe('the drift report', () => {
  test('has every relation, with zero where services agree', async () => {
    const { drift: counts, examples } = await drift()
    expect({ counts, examples }).toEqual({ counts: Object.fromEntries(driftRelations.map(relation => [relation, 0])), examples: {} })
  })
  test('names the orders and SKUs about which services disagree', async () => {
    answers.product['/internal/stock'].stock.B = 3
    answers.payment['/internal/payments/by-order'].payments[1].refunded = 30
    answers.inventory['/internal/reservations'].reservations[2] = 'committed'
    answers.promotion['/internal/redemptions'].redemptions[2] = 'redeemed'
    answers.shipping['/internal/drift'].stuck = driftOf(['shipment 7'])
    answers.tax['/internal/orders'].orders = {}
    answers.favourite['/internal/drift'].watches = driftOf(['watch 5'])
    answers.favourite['/internal/stock'].stock = { A: 0 }
    answers.rating['/internal/drift'].summaries = driftOf(['p2'])
    answers.product['/internal/ratings'].ratings.p1.count = 3
    answers.search['/internal/drift'] = { stored: 6, indexed: 8 }
    answers.notification['/internal/drift'].overdue = driftOf(['delivery 3'])
    expect((await drift()).examples).toEqual({
      product_stock: ['B'],
      watched_stock: ['A'],
      order_payments: ['1'],
      order_stock: ['2'],
      order_coupons: ['2'],
      order_taxes: ['1'],
      tax_payments: ['1'],
      stuck_parcels: ['shipment 7'],
      favourite_watches: ['watch 5'],
      rating_summaries: ['p2'],
      product_ratings: ['p1'],
      search_products: ['1 fewer stored than on sale', '2 more found than stored'],
      stuck_messages: ['delivery 3'],
    })
  })
  test('has no difference that is gone when the owner is asked again', async () => {
    answers.product['/internal/stock'].stock.B = 1
    answers.payment['/internal/payments/by-order'].payments[1].refunded = 30
    answers.product['/internal/ratings'].ratings.p1.count = 1
    const { inventory, order, tax, rating } = answers
    answers.search['/internal/drift'] = { stored: 6, indexed: 6 }
    onAnswer = path => {
      if (path === '/internal/ratings') rating['/internal/drift'].ratings.p1.count = 1
      if (path === '/internal/catalog/count') answers.search['/internal/drift'] = { stored: 7, indexed: 7 }
      if (path !== '/internal/stock' && path !== '/internal/payments/by-order') return
      inventory['/internal/drift'].stock.B = 1
      order['/internal/drift'].orders[1].paid = 0
      tax['/internal/drift'].orders[1] = 0
    }
    expect((await drift()).examples).toEqual({})
  })
  test.each([
    ['inventory', ['stock_movements', 'stock_shelves', 'stock_reserved', 'product_stock', 'watched_stock', 'order_stock']],
    ['product', ['product_stock', 'product_ratings', 'search_products']],
    ['rating', ['rating_summaries', 'product_ratings']],
    ['order', ['order_payments', 'order_stock', 'order_coupons', 'order_taxes', 'stuck_orders', 'money_kept']],
    ['payment', ['order_payments', 'payment_ledger', 'payments_without_outcome', 'tax_payments']],
    ['promotion', ['order_coupons', 'coupon_limits']],
    ['search', ['search_products']],
    ['shipping', ['stuck_parcels']],
    ['tax', ['order_taxes', 'tax_payments']],
    ['notification', ['stuck_messages']],
    ['favourite', ['watched_stock', 'favourite_watches', 'favourite_counts', 'stuck_watches']],
  ] as const)('while %s is down, lacks only the relations that need it', async (service, missing) => {
    down.add(service)
    const found = Object.keys((await drift()).drift)
    expect(driftRelations.filter(relation => !found.includes(relation))).toEqual([...missing])
  })
  test('is 503 when no service answers', async () => {
    for (const name of [
      'favourite',
      'inventory',
      'notification',
      'order',
      'payment',
      'promotion',
      'rating',
      'search',
      'shipping',
      'tax',
    ] as const)
      down.add(name)
    expect(await send('GET', '/api/discovery/drift')).toMatchObject({ status: 503, body: { code: 'inventory_unavailable' } })
  })
})

test('the watch sets the gauges of every relation that it could check, and logs the others', async () => {
  await discovery.watchDrift()
  const before = await gauge('drift_checked_at_seconds')
  expect(before).toEqual(Object.fromEntries(driftRelations.map(relation => [relation, now.getTime() / 1000])))
  expect(warnings).toEqual([])

  now = new Date(now.getTime() + minute)
  down.add('promotion')
  answers.payment['/internal/drift'].ledger = driftOf(['capture:1'])
  await discovery.watchDrift()
  const at = now.getTime() / 1000
  const { order_coupons, coupon_limits } = before
  expect(await gauge('drift_checked_at_seconds')).toEqual({
    ...Object.fromEntries(driftRelations.map(relation => [relation, at])),
    order_coupons,
    coupon_limits,
  })
  expect(await gauge('drift_findings')).toMatchObject({ payment_ledger: 1, stuck_orders: 0 })
  expect(warnings).toMatchObject([{ relation: 'order_coupons' }, { relation: 'coupon_limits' }])
})
