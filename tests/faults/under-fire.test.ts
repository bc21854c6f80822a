import { afterAll, beforeAll, expect, test } from 'bun:test'
import { released } from '#shared/platform'
import { eventually } from '#shared/testing'
import type { Person } from '../shop'
import { startVictim, type Victim } from './fixture'
import { type Bought, buy } from './shoppers'

const orders = 300
const opening = 100_000
const codeLimit = 50
let victim: Victim
let people: Person[]
let product: { id: string }
const began = new Date()

beforeAll(async () => {
  victim = await startVictim('under-fire', Number(Bun.env.TEST_PRIVATE_PORT ?? 30_000) + 1200)
  const { register, offer, must, admin } = victim.shop
  people = await Promise.all(Array.from({ length: 20 }, register))
  product = await offer({ price: 20, stock: opening })
  await must('POST', '/api/promotions', {
    token: await admin(),
    body: { name: 'While it lasts', code: 'FIRE', kind: 'percentage', value: 10, total_limit: codeLimit },
  })
}, 90_000)
afterAll(async () => {
  if (Bun.env.FAULTS_LOG && victim) await Bun.write(Bun.env.FAULTS_LOG, victim.log.join('\n'))
  await victim?.stop()
})

/** Takes everything away once, while the shoppers go on. */
const fire = async () => {
  for (const service of released) {
    victim.killService(service)
    await Bun.sleep(1500)
  }
  for (const server of ['rabbitmq', 'mysql', 'mongo', 'redis'] as const) {
    await (server === 'mysql' || server === 'mongo' ? victim.killServer(server) : victim.stopServer(server))
    await Bun.sleep(1000)
    await victim.startServer(server)
    await Bun.sleep(2500)
  }
}

/** What an order must not be left in: nothing here waits for a person but a parcel for its carrier. */
const settled = new Set(['fulfilling', 'shipped', 'delivered', 'cancelled'])

test(`${orders} orders while every service and every server is taken away in turn: each ends right, to the unit`, async () => {
  const { orderOf, must, stockOf, expectNoDrift, admin } = victim.shop
  const burning = fire()
  const bought: Bought[] = []
  let next = 0
  await Promise.all(
    people.map(async person => {
      while (next < orders) {
        const index = next++
        const items = [{ product_id: product.id, quantity: 1 + (index % 3) }]
        const done = await buy(victim.shop, person, index % 4 === 0 ? { items, coupon_code: 'FIRE' } : { items })
        if (done) bought.push(done)
      }
    }),
  )
  await burning
  expect(bought.length).toBeGreaterThan(orders * 0.7)

  const ends = new Map<number, { status: string; payment_status: string; coupon_code?: string; total_amount: number }>()
  await eventually(
    async () => {
      for (const { person, orderId } of bought) {
        if (ends.has(orderId)) continue
        const found = await orderOf(person, orderId)
        if (!settled.has(found.status)) throw new Error(`order ${orderId} is still ${found.status} (${found.payment_status})`)
        if (found.status === 'cancelled' && found.payment_status === 'paid')
          throw new Error(`order ${orderId} is cancelled and not refunded`)
        ends.set(orderId, found)
      }
      return true
    },
    { timeoutMs: 120_000, everyMs: 500 },
  )

  let gone = 0
  let coupons = 0
  for (const { person, orderId, quantity } of bought) {
    const end = ends.get(orderId)!
    const { items } = await must('GET', `/api/payments?order_id=${orderId}`, { token: person.token })
    const kept = items.filter(({ status }: { status: string }) => status === 'completed')
    if (end.status === 'cancelled') expect(kept).toEqual([])
    else {
      expect(kept).toHaveLength(1)
      expect(kept[0].amount).toBe(end.total_amount)
      gone += quantity
      if (end.coupon_code) coupons++
    }
  }
  await eventually(
    async () => {
      expect(await stockOf(product.id)).toEqual({ quantity: opening - gone, reserved: 0, available: opening - gone })
      return true
    },
    { timeoutMs: 60_000, everyMs: 250 },
  )
  expect(coupons).toBeLessThanOrEqual(codeLimit)
  const { items: campaigns } = await must('GET', '/api/promotions', { token: await admin() })
  expect(campaigns.find(({ code }: { code?: string }) => code === 'FIRE').used).toBe(coupons)
  await eventually(async () => (await victim.unsent()) === 0, { timeoutMs: 30_000, everyMs: 250 })
  await expectNoDrift(began)
}, 480_000)

test('a minute without the broker: every order is accepted, and carried out after', async () => {
  const { orderOf, order } = victim.shop
  const { id } = await victim.shop.offer({ price: 20, stock: 1000 })
  await victim.stopServer('rabbitmq')
  const without = Bun.sleep(60_000)
  const accepted = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      await Bun.sleep(index * 100)
      const person = people[index % people.length]!
      const { status, body } = await order(person, { items: [{ product_id: id, quantity: 1 }] })
      expect({ status, code: body.code }).toEqual({ status: 201, code: undefined })
      return { person, orderId: body.id }
    }),
  )
  await without
  await victim.startServer('rabbitmq')
  await eventually(
    async () => {
      for (const { person, orderId } of accepted) expect((await orderOf(person, orderId)).status).toBe('awaiting_payment')
      return true
    },
    { timeoutMs: 60_000, everyMs: 500 },
  )
  await eventually(async () => (await victim.unsent()) === 0, { timeoutMs: 30_000, everyMs: 250 })
}, 240_000)
