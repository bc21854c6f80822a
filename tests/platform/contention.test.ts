import { describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import type { CartView } from '../../services/cart/model'
import type { OrderView } from '../../services/order/model'
import type { ReturnView } from '../../services/order/return-model'
import type { PaymentView } from '../../services/payment/model'
import type { Reply } from '../caller'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces, type Shopper, until } from '../shopper'

/** Many requests for the same thing at the same moment: it is given as often as there is of it. */
expectNoDriftAfterwards()
const admin = await shop.admin()
const ann = await shop.shopper()

describe('a return', () => {
  test('takes back each piece once and refunds it once, however many returns are requested at once', async () => {
    const product = await shop.addProduct({ price: 10 })
    const { id, total_amount } = await ann.buy(pieces(product, 3))
    await shop.deliver((await ann.untilShipment(id)).id)
    await ann.untilOrder(id, 'delivered')

    const body = { lines: [{ product_id: product.id, quantity: 1 }], reason: 'too many' }
    const requested = await times(9, () => ann.ask<ReturnView>('POST', `/api/orders/${id}/returns`, { body }))
    const granted = requested.filter(({ status }) => status === 201).map(reply => reply.body.id)
    expect(granted).toHaveLength(3)
    for (const step of ['approve', 'receive']) {
      const answers = await Promise.all(
        granted.flatMap(one => [1, 2, 3].map(() => admin.ask('POST', `/api/orders/returns/${one}/${step}`))),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, ...Array.from({ length: 6 }, () => 409)])
    }
    await shop.untilStock(product.id, { quantity: 10, reserved: 0 })
    await until(async () => {
      const { refunds, held } = await ann.moneyOf(id)
      expect(refunds).toHaveLength(3)
      // The shipping fee is not refunded.
      expect(held).toBeCloseTo(total_amount - 30, 6)
      return true
    })
  })
})

describe('a request that is sent ten times at once under one idempotency key', () => {
  const tenTimes = async <Body extends { id: number }>(send: (headers: Record<string, string>) => Promise<Reply<Body>>) => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const replies = await times(10, () => send(key))
    // A request that finds the first one under way is told to try again.
    for (const { status, headers } of replies)
      expect([status, headers.has('retry-after')]).toEqual(status === 409 ? [409, true] : [201, false])
    expect(new Set([...replies, await send(key)].flatMap(({ status, body }) => (status === 201 ? [body.id] : []))).size).toBe(1)
    return (await send(key)).body
  }

  test('is one order, and one payment of it', async () => {
    const product = await shop.addProduct()
    const { id } = await tenTimes<OrderView>(headers => ann.order(pieces(product), headers))
    await ann.untilOrder(id, 'awaiting_payment')
    await shop.untilStock(product.id, { quantity: 10, reserved: 1 })
    const body = { order_id: id, amount: 1500, payment_method: 'credit_card' }
    await tenTimes<PaymentView>(headers => ann.ask('POST', '/api/payments', { body, headers }))
    await ann.untilOrder(id, 'fulfilling')
    expect(await ann.moneyOf(id)).toEqual({ captured: [1500], refunds: [], held: 1500 })
  })
})

describe('a coupon', () => {
  /** Each of the shoppers orders with it, all at once: `allowed` of the orders can be paid, the others name the coupon as the reason. */
  const expectAllowed = async (people: readonly Shopper[], limits: object, allowed: number) => {
    const [coupon, product] = await Promise.all([shop.addCoupon(limits), shop.addProduct({ stock: 100 })])
    const ends = await Promise.all(
      people.map(async person => {
        const { status, body } = await person.order({ ...pieces(product), coupon_code: coupon.code })
        if (status !== 201) return `${status} ${body.code}`
        const found = await until(async () => {
          const now = await person.orderOf(body.id)
          return now.status === 'pending' ? undefined : now
        })
        return `${found.status} ${found.cancel_reason ?? ''}`.trim()
      }),
    )
    const accepted = ends.filter(end => end === 'awaiting_payment').length
    const refused = ends.filter(end => end === '409 coupon_rejected' || end === 'cancelled coupon_rejected').length
    expect({ accepted, refused }).toEqual({ accepted: allowed, refused: people.length - allowed })
    await shop.untilStock(product.id, { quantity: 100, reserved: allowed })
    expect(await coupon.used()).toBe(allowed)
  }

  test('for one order of each person is accepted for one of twelve at once', async () => {
    await expectAllowed(Array(12).fill(ann), { per_user_limit: 1 }, 1)
  })
  test('for five orders is accepted for exactly five of thirty at once', async () => {
    const people = await times(6, shop.shopper)
    await expectAllowed([people, people, people, people, people].flat(), { total_limit: 5 }, 5)
  })
})

test('a guest’s cart that many requests merge at once is merged once', async () => {
  const [bob, book, lamp] = [await shop.shopper(), await shop.addProduct(), await shop.addProduct()]
  const put = (by: typeof shop.guest, product: { id: string }, quantity: number, headers: Record<string, string> = {}) =>
    by.ask('POST', '/api/cart/items', { body: { product_id: product.id, quantity }, headers })
  const cart = { 'x-cart-id': String((await put(shop.guest, book, 3)).headers.get('x-cart-id')) }
  await put(shop.guest, lamp, 1, cart)
  await put(bob, book, 2)
  const merged = await times(8, () => bob.ask('POST', '/api/cart/merge', { headers: cart }))
  expect(new Set(merged.map(({ status }) => status))).toEqual(new Set([200]))
  const { items } = await bob.call<CartView>('GET', '/api/cart')
  expect(Object.fromEntries(items.map(line => [line.product_id, line.quantity]))).toEqual({ [book.id]: 5, [lamp.id]: 1 })
})

test('a session that ends during requests answers or refuses each of them, and refuses every later one', async () => {
  const bob = await shop.shopper()
  const list = () => bob.ask('GET', '/api/orders')
  const under = times(20, list)
  const [logout, ...lists] = await Promise.all([bob.ask('POST', '/auth/logout'), under, times(20, list)])
  expect(logout.status).toBeLessThan(300)
  for (const { status } of lists.flat()) expect([200, 401]).toContain(status)
  await eventually(async () => (await list()).status === 401)
  expect((await times(5, list)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
})
