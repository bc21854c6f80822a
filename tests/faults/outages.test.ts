import { afterAll, beforeAll, expect, test } from 'bun:test'
import { released } from '#shared/platform'
import { eventually } from '#shared/testing'
import { freePortBase } from '../../scripts/ports'
import { times } from '../shop'
import { pieces, type Shopper, shopperOf } from '../shopper'
import { type Bought, buy } from './buy'
import { type Platform, startPlatform } from './platform'

const orders = 300
const outageMs = 1000
const opening = 100_000
const couponLimit = 50
let platform: Platform
let people: Shopper[]
let product: { id: string }
let coupon: Awaited<ReturnType<Platform['shop']['addCoupon']>>
const began = new Date()

beforeAll(async () => {
  platform = await startPlatform('outages', freePortBase(Number(Bun.env.TEST_PRIVATE_PORT ?? 30_000) + 1200))
  const { shopper, addProduct, addCoupon } = platform.shop
  people = await times(20, shopper)
  product = await addProduct({ price: 20, stock: opening })
  coupon = await addCoupon({ total_limit: couponLimit })
}, 90_000)
afterAll(async () => {
  if (Bun.env.FAULTS_LOG && platform) await Bun.write(Bun.env.FAULTS_LOG, platform.log.join('\n'))
  await platform?.stop()
})

/** Kills or stops every service and every server once, the next one only when something was bought since. */
const takeEverythingDown = async (bought: readonly Bought[]) => {
  const untilSold = async () => {
    const before = bought.length
    await eventually(() => bought.length > before, { timeoutMs: 60_000, everyMs: 50 })
  }
  for (const service of released) {
    await platform.crashService(service)
    await untilSold()
  }
  for (const server of ['rabbitmq', 'mysql', 'mongo', 'redis'] as const) {
    await (server === 'mysql' || server === 'mongo' ? platform.killServer(server) : platform.stopServer(server))
    await Bun.sleep(outageMs)
    await platform.startServer(server)
    await untilSold()
  }
}

/** An order in another state still waits for something, which here comes by itself. */
const settled = new Set(['fulfilling', 'shipped', 'delivered', 'cancelled'])

test(`at least ${orders} orders while every service and every server fails in turn: each ends right, to the cent and to the piece`, async () => {
  const { stockOf, expectNoDrift } = platform.shop
  const bought: Bought[] = []
  let over = false
  const outages = takeEverythingDown(bought).finally(() => {
    over = true
  })
  let next = 0
  await Promise.all(
    people.map(async person => {
      while (!over || next < orders) {
        const index = next++
        const goods = pieces(product, 1 + (index % 3))
        const done = await buy(person, index % 4 === 0 ? { ...goods, coupon_code: coupon.code } : goods)
        if (done) bought.push(done)
      }
    }),
  )
  await outages
  expect(bought.length).toBeGreaterThan(next * 0.7)

  const endOf = async ({ person, orderId }: Bought) => {
    const found = await person.orderOf(orderId)
    if (!settled.has(found.status)) throw new Error(`order ${orderId} is still ${found.status} (${found.payment_status})`)
    if (found.status === 'cancelled' && found.payment_status === 'paid') throw new Error(`order ${orderId} is cancelled and not refunded`)
    return found
  }
  let sold = 0
  let coupons = 0
  for (const one of bought) {
    const end = await eventually(() => endOf(one), { timeoutMs: 120_000, everyMs: 500 })
    const completed = (await one.person.paymentsOf(one.orderId)).filter(({ status }) => status === 'completed')
    expect(completed.map(({ amount }) => amount)).toEqual(end.status === 'cancelled' ? [] : [end.total_amount])
    if (end.status === 'cancelled') continue
    sold += one.quantity
    if (end.coupon_code) coupons++
  }
  await eventually(
    async () => {
      expect(await stockOf(product.id)).toEqual({ quantity: opening - sold, reserved: 0, available: opening - sold })
      return true
    },
    { timeoutMs: 60_000, everyMs: 250 },
  )
  expect(coupons).toBeLessThanOrEqual(couponLimit)
  expect(await coupon.used()).toBe(coupons)
  await eventually(async () => (await platform.unsent()) === 0, { timeoutMs: 30_000, everyMs: 250 })
  await expectNoDrift(began)
}, 480_000)

/** Asks as Kubernetes does, every five seconds, and reads the shop as its visitors do, until it is told to stop. */
const watch = (person: Shopper, done: () => boolean) => {
  const unready = async () => {
    const found: string[] = []
    while (!done()) {
      found.push(...(await platform.unready()))
      await Bun.sleep(5000)
    }
    return found
  }
  const unanswered = async () => {
    const found: string[] = []
    while (!done()) {
      for (const path of ['/api/products?limit=5', '/api/categories', '/api/cart', '/api/users/me', '/api/orders']) {
        const { status } = await person.ask('GET', path)
        if (status !== 200) found.push(`${path} ${status}`)
      }
      await platform.shop.shopper().catch(error => found.push(String(error)))
      await Bun.sleep(1000)
    }
    return found
  }
  return Promise.all([unready(), unanswered()]).then(([probes, answers]) => ({ probes, answers }))
}

test('a minute without the broker: no service is unready, every order is accepted, and all is carried out after', async () => {
  const goods = pieces(await platform.shop.addProduct({ price: 20, stock: 1000 }))
  await platform.stopServer('rabbitmq')
  let over = false
  const outage = Bun.sleep(60_000).then(() => {
    over = true
  })
  const watched = watch(people[0]!, () => over)
  const placing = [people, people, people, people, people].flat().map(async (person, index) => {
    await Bun.sleep(index * 100)
    const { status, body } = await person.order(goods)
    expect({ status, code: body.code }).toEqual({ status: 201, code: undefined })
    return { person, orderId: body.id }
  })
  // An instance that starts meanwhile takes orders like the others.
  const instance = await platform.startInstance('order')
  const { status, body } = await shopperOf(people[1]!.id, people[1]!.at(instance.url)).order(goods)
  expect(status).toBe(201)
  const accepted = [...(await Promise.all(placing)), { person: people[1]!, orderId: body.id }]
  await outage
  expect(await watched).toEqual({ probes: [], answers: [] })
  await platform.startServer('rabbitmq')
  for (const { person, orderId } of accepted) await person.untilOrder(orderId, 'awaiting_payment', 60_000)
  await eventually(async () => (await platform.unsent()) === 0, { timeoutMs: 30_000, everyMs: 250 })
  await instance.stop()
}, 240_000)
