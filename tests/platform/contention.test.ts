import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { type Person, type Reply, theShop } from '../shop'

const {
  admin,
  ask,
  carrierSays,
  expectNoDrift,
  moneyOf,
  must,
  offer,
  order,
  orderOf,
  pay,
  placed,
  register,
  untilOrder,
  untilShipment,
  untilStock,
} = theShop

/** Many who want the same thing at the same moment: it is given as often as there is of it. */
const began = new Date()
let ann: Person
let boss: string
beforeAll(async () => {
  ann = await register()
  boss = await admin()
})
afterAll(() => expectNoDrift(began))

const times = <T>(count: number, make: (at: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, at) => make(at)))
const inTime = <T>(check: () => Promise<T>) => eventually(check, { everyMs: 50 })

describe('goods that come back', () => {
  test('are taken once each and paid back once, however many returns are asked for at once', async () => {
    const product = await offer({ price: 10 })
    const { id, total_amount } = await placed(ann, { items: [{ product_id: product.id, quantity: 3 }] })
    await pay(ann, id, total_amount)
    const parcel = await untilShipment(ann, id)
    for (const status of ['picked_up', 'in_transit', 'delivered']) await carrierSays(parcel.id, status)
    await untilOrder(ann, id, 'delivered')

    const body = { lines: [{ product_id: product.id, quantity: 1 }], reason: 'too many' }
    const asked = await times(9, () => ask('POST', `/api/orders/${id}/returns`, { token: ann.token, body }))
    const taken = asked.filter(({ status }) => status === 201).map(reply => reply.body.id as number)
    expect(taken).toHaveLength(3)
    const step = (name: string) =>
      Promise.all(taken.flatMap(one => [1, 2, 3].map(() => ask('POST', `/api/orders/returns/${one}/${name}`, { token: boss }))))
    for (const name of ['approve', 'receive'])
      expect((await step(name)).map(({ status }) => status).toSorted()).toEqual([200, 200, 200, ...Array.from({ length: 6 }, () => 409)])
    await untilStock(product.id, { quantity: 10, reserved: 0 })
    await inTime(async () => {
      const { refunds, held } = await moneyOf(ann, id)
      expect(refunds).toHaveLength(3)
      // The carriage stays ours.
      expect(held).toBeCloseTo(total_amount - 30, 6)
      return true
    })
  })
})

describe('a request that is sent ten times at once under one key', () => {
  const tenTimes = async (send: (headers: Record<string, string>) => Promise<Reply>) => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const replies = await times(10, () => send(key))
    // Who comes while the first is at work is told to come again.
    for (const { status, headers } of replies)
      expect([status, headers.has('retry-after')]).toEqual(status === 409 ? [409, true] : [201, false])
    expect(new Set([...replies, await send(key)].flatMap(({ status, body }) => (status === 201 ? [body.id] : []))).size).toBe(1)
    return (await send(key)).body
  }

  test('is one order, and one payment of it', async () => {
    const product = await offer()
    const items = [{ product_id: product.id, quantity: 1 }]
    const { id } = await tenTimes(headers => order(ann, { items }, headers))
    await untilOrder(ann, id, 'awaiting_payment')
    await untilStock(product.id, { quantity: 10, reserved: 1 })
    const body = { order_id: id, amount: 1500, payment_method: 'credit_card' }
    await tenTimes(headers => ask('POST', '/api/payments', { token: ann.token, body, headers }))
    await untilOrder(ann, id, 'fulfilling')
    expect(await moneyOf(ann, id)).toEqual({ captured: [1500], refunds: [], held: 1500 })
  })
})

describe('a coupon', () => {
  const campaign = async (limits: object): Promise<{ id: number; code: string }> => {
    const code = `RACE${crypto.randomUUID().slice(0, 8)}`.toUpperCase()
    return must('POST', '/api/promotions', { token: boss, body: { name: 'Few', code, kind: 'percentage', value: 10, ...limits } })
  }
  /** Orders with it, all at once: how many may go on, and what the others were told. */
  const rush = async (people: readonly Person[], { id, code }: { id: number; code: string }, allowed: number) => {
    const product = await offer({ stock: 100 })
    const items = [{ product_id: product.id, quantity: 1 }]
    const ends = await times(people.length, async at => {
      const person = people[at]!
      const { status, body } = await order(person, { items, coupon_code: code })
      if (status !== 201) return `${status} ${body.code}`
      const found = await inTime(async () => {
        const now = await orderOf(person, body.id)
        return now.status === 'pending' ? undefined : now
      })
      return `${found.status} ${found.cancel_reason ?? ''}`.trim()
    })
    const on = ends.filter(end => end === 'awaiting_payment').length
    const refused = ends.filter(end => end === '409 coupon_rejected' || end === 'cancelled coupon_rejected').length
    expect({ on, refused }).toEqual({ on: allowed, refused: people.length - allowed })
    await untilStock(product.id, { quantity: 100, reserved: allowed })
    expect((await must('GET', `/api/promotions/${id}`, { token: boss })).used).toBe(allowed)
  }

  test('for one order of each person goes with one of twelve at once', async () => {
    await rush(
      Array.from({ length: 12 }, () => ann),
      await campaign({ per_user_limit: 1 }),
      1,
    )
  })
  test('for five orders goes with exactly five of thirty at once', async () => {
    const people = await times(6, register)
    await rush(
      Array.from({ length: 30 }, (_, at) => people[at % 6]!),
      await campaign({ total_limit: 5 }),
      5,
    )
  })
})

test('a guest’s cart that is merged by many logins at once is merged once', async () => {
  const [bob, book, lamp] = [await register(), await offer(), await offer()]
  const put = (product: { id: string }, quantity: number, more: object) =>
    ask('POST', '/api/cart/items', { body: { product_id: product.id, quantity }, ...more })
  const cart = String((await put(book, 3, {})).headers.get('x-cart-id'))
  await put(lamp, 1, { headers: { 'x-cart-id': cart } })
  await put(book, 2, { token: bob.token })
  const merged = await times(8, () => ask('POST', '/api/cart/merge', { token: bob.token, headers: { 'x-cart-id': cart } }))
  expect(new Set(merged.map(({ status }) => status))).toEqual(new Set([200]))
  const { items } = await must('GET', '/api/cart', { token: bob.token })
  expect(Object.fromEntries(items.map((line: { product_id: string; quantity: number }) => [line.product_id, line.quantity]))).toEqual({
    [book.id]: 5,
    [lamp.id]: 1,
  })
})

test('a session that ends during requests answers them or refuses them, and after that refuses all', async () => {
  const bob = await register()
  const look = () => ask('GET', '/api/orders', { token: bob.token })
  const looks = times(20, look)
  const [left, ...seen] = await Promise.all([ask('POST', '/auth/logout', { token: bob.token }), looks, times(20, look)])
  expect(left.status).toBeLessThan(300)
  for (const { status } of seen.flat()) expect([200, 401]).toContain(status)
  await eventually(async () => (await look()).status === 401)
  expect((await times(5, look)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
})
