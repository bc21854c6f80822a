import { describe, expect, test } from 'bun:test'
import { signatureHeader, signWebhook } from '#shared/webhook-signature'
import type { OrderView } from '../../services/order/model'
import { sandboxSecret } from '../../services/payment/providers/providers'
import type { Reply } from '../caller'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces, until } from '../shopper'

/** Two requests that want different things of one order at the same moment: either may win, and the money, the goods and the parcels agree on which. */
expectNoDriftAfterwards()
const admin = await shop.admin()
const ann = await shop.shopper()
const cancel = ({ id }: OrderView) => ann.cancel(id)
const placeMany = (product: { id: string }, count: number) => times(count, () => ann.place(pieces(product)))

/** Waits until each order is cancelled or has the status `kept`, with money and parcels to match, and the stock lacks what was kept. */
const settle = async (product: { id: string }, stock: number, orders: readonly OrderView[], kept: OrderView['status']) => {
  const statuses = await Promise.all(
    orders.map(({ id }) =>
      until(async () => {
        const [{ status, total_amount }, money, parcels] = await Promise.all([ann.orderOf(id), ann.moneyOf(id), ann.shipmentsOf(id)])
        expect(['cancelled', kept]).toContain(status)
        const expected = status === kept ? { live: 1, captured: [total_amount], held: total_amount } : { live: 0, held: 0 }
        const live = parcels.filter(parcel => parcel.status !== 'voided').length
        expect({ id, status, live, ...money }).toMatchObject(expected)
        return status
      }),
    ),
  )
  const sold = statuses.filter(status => status === kept).length
  await shop.untilStock(product.id, { quantity: stock - sold, reserved: 0 })
  return statuses
}

type Act<Body = unknown> = (order: OrderView) => Promise<Reply<Body>>
/** Runs one race per order. The winner starts a little later in the next one, so that the two come ever closer; each must win at least once. */
const race = async <One, Other>(
  orders: readonly OrderView[],
  { one, other, oneWon }: { one: Act<One>; other: Act<Other>; oneWon: (one: Reply<One>) => boolean },
) => {
  let handicapMs = 0
  const results: { order: OrderView; first: Reply<One>; second: Reply<Other>; firstWon: boolean }[] = []
  for (const order of orders) {
    const after = <Body>(ms: number, act: Act<Body>) => (ms > 0 ? Bun.sleep(ms).then(() => act(order)) : act(order))
    const started = performance.now()
    const [first, second] = await Promise.all([after(handicapMs, one), after(-handicapMs, other)])
    const stepMs = (performance.now() - started) / 4
    const firstWon = oneWon(first)
    handicapMs += firstWon ? stepMs : -stepMs
    results.push({ order, first, second, firstWon })
  }
  expect(new Set(results.map(({ firstWon }) => firstWon)).size).toBe(2)
  return results
}

describe('a cancellation', () => {
  const wasUnpaid = ({ body }: Reply<OrderView>) => body.payment_status === 'unpaid'

  test('racing the payment ends the order, and refunds what was paid', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const orders = await placeMany(product, 24)
    for (const { first, second } of await race(orders, { one: cancel, other: ann.pay, oneWon: wasUnpaid })) {
      expect(first.status).toBe(200)
      expect([201, 409]).toContain(second.status)
    }
    expect(new Set(await settle(product, 100, orders, 'fulfilling'))).toEqual(new Set(['cancelled']))
  })

  test('racing the pick-up stops the parcel or comes too late, never both', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const orders = await placeMany(product, 16)
    const parcels = new Map<number, number>()
    await Promise.all(
      orders.map(async order => {
        expect((await ann.pay(order)).status).toBe(201)
        parcels.set(order.id, (await ann.untilShipment(order.id)).id)
      }),
    )
    const pickUp = ({ id }: OrderView) => shop.reportParcel(parcels.get(id) ?? 0, 'picked_up')
    const results = await race(orders, { one: cancel, other: pickUp, oneWon: ({ status }) => status === 200 })
    const ends = await settle(product, 100, orders, 'shipped')
    for (const [at, { first, second }] of results.entries())
      expect([first.status, second.status]).toEqual(ends[at] === 'cancelled' ? [200, 409] : [409, 200])
  })

  test('racing the arrival of a bank transfer refunds the money or leaves none to capture', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const orders = await placeMany(product, 16)
    const transfers = new Map<number, number>()
    await Promise.all(
      orders.map(async order => transfers.set(order.id, (await ann.pay(order, { payment_method: 'bank_transfer' })).body.id)),
    )
    const capture = ({ id }: OrderView) => admin.ask('POST', `/api/payments/${transfers.get(id)}/capture`)
    await race(orders, { one: cancel, other: capture, oneWon: wasUnpaid })
    await settle(product, 100, orders, 'fulfilling')
  })

  test('sent ten times at once takes effect once', async () => {
    const product = await shop.addProduct()
    const order = await ann.buy(pieces(product))
    const statuses = (await times(10, () => cancel(order))).map(({ status }) => status)
    expect(statuses).toContain(200)
    expect(new Set(statuses).difference(new Set([200, 409])).size).toBe(0)
    await settle(product, 10, [order], 'fulfilling')
    expect((await ann.moneyOf(order.id)).refunds).toEqual([1500])
  })
})

describe('a change of address', () => {
  test('racing the payment comes first and changes the price, or comes too late', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const orders = await placeMany(product, 16)
    const shipping_address = { line1: 'Unter den Linden 1', city: 'Berlin', country: 'DE' }
    const move = ({ id }: OrderView) => ann.ask<OrderView>('PATCH', `/api/orders/${id}`, { body: { shipping_address } })
    const results = await race(orders, { one: move, other: ann.pay, oneWon: ({ status }) => status === 200 })
    for (const { order, first: moved, second: paid, firstWon } of results) {
      expect([moved.status, paid.status, paid.body.code]).toEqual(firstWon ? [200, 409, 'amount_mismatch'] : [409, 201, undefined])
      if (firstWon) expect((await ann.pay(moved.body)).status).toBe(201)
      const { total_amount } = await ann.untilOrder(order.id, 'fulfilling')
      expect(total_amount).toBe(firstWon ? moved.body.total_amount : 1500)
      expect(await ann.moneyOf(order.id)).toMatchObject({ captured: [total_amount], held: total_amount })
    }
    await shop.untilStock(product.id, { quantity: 84, reserved: 0 })
  })
})

describe('a payment', () => {
  test('made four times at once is taken once', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const orders = await placeMany(product, 8)
    await Promise.all(
      orders.map(async order => {
        const statuses = (await times(4, () => ann.pay(order))).map(({ status }) => status)
        expect(statuses.toSorted()).toEqual([201, 409, 409, 409])
      }),
    )
    expect(new Set(await settle(product, 100, orders, 'fulfilling'))).toEqual(new Set(['fulfilling']))
  })

  test('reported by the same webhook ten times at once counts once', async () => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product))
    const { body: payment } = await ann.pay(order, { payment_token: 'tok_3ds' })
    const [, transaction_id] = /sandbox\/(\w+)\/confirm/.exec(payment.next_action?.url ?? '') ?? []
    const type = 'payment.captured'
    const event = { id: `evt_${transaction_id}`, type, payment_id: payment.id, transaction_id, amount: 1500, currency: 'USD' }
    const headers = { [signatureHeader]: signWebhook(sandboxSecret(String(Bun.env.INTERNAL_KEY)), JSON.stringify(event), new Date()) }
    const answers = await times(10, () => shop.guest.ask('POST', '/api/payments/webhooks/sandbox', { body: event, headers }))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await settle(product, 10, [order], 'fulfilling')
  })
})
