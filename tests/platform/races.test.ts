import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { sandboxSecret } from '../../services/payment/providers/providers'
import { signatureHeader, signWebhook } from '../../services/payment/providers/signature'
import { type Person, type Reply, theShop } from '../shop'

const {
  admin,
  ask,
  carrierSays,
  expectNoDrift,
  moneyOf,
  offer,
  orderOf,
  pay,
  placed,
  register,
  shipmentsOf,
  untilOrder,
  untilShipment,
  untilStock,
} = theShop

/** Two who want different things of one order at the same moment: either may win, and the money, the goods and the parcels agree on who did. */
const began = new Date()
let ann: Person
let boss: string
beforeAll(async () => {
  ann = await register()
  boss = await admin()
})
afterAll(() => expectNoDrift(began))

const times = <T>(count: number, make: (at: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, at) => make(at)))
const cancel = (id: number) => ask('POST', `/api/orders/${id}/cancel`, { token: ann.token })
const inTime = <T>(check: () => Promise<T>) => eventually(check, { everyMs: 50 })

/** Of each order what holds of it in the end; what was sold of the product is what the orders kept. */
const settled = async (product: { id: string }, stock: number, ids: readonly number[], kept: string) => {
  const ends = await Promise.all(
    ids.map(id =>
      inTime(async () => {
        const [{ status, total_amount }, money, parcels] = await Promise.all([orderOf(ann, id), moneyOf(ann, id), shipmentsOf(ann, id)])
        expect(['cancelled', kept]).toContain(status)
        const expected = status === kept ? { live: 1, captured: [total_amount], held: total_amount } : { live: 0, held: 0 }
        const live = parcels.filter((parcel: { status: string }) => parcel.status !== 'voided').length
        expect({ id, status, live, ...money }).toMatchObject(expected)
        return status as string
      }),
    ),
  )
  const sold = ends.filter(status => status === kept).length
  await untilStock(product.id, { quantity: stock - sold, reserved: 0 })
  return ends
}
const orders = (product: { id: string }, count: number) =>
  times(count, async () => (await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })).id as number)

interface Race {
  one: (id: number) => Promise<Reply>
  other: (id: number) => Promise<Reply>
  oneWon: (one: Reply) => boolean
}
/** One race after another. Who won starts a little later in the next, so that they come ever closer. */
const neckAndNeck = async (ids: readonly number[], { one, other, oneWon }: Race) => {
  let handicapMs = 0
  const answers: [Reply, Reply][] = []
  for (const id of ids) {
    const late = (ms: number, act: Race['one']) => (ms > 0 ? Bun.sleep(ms).then(() => act(id)) : act(id))
    const started = performance.now()
    const both = await Promise.all([late(handicapMs, one), late(-handicapMs, other)])
    const stepMs = (performance.now() - started) / 4
    handicapMs += oneWon(both[0]) ? stepMs : -stepMs
    answers.push(both)
  }
  expect(new Set(answers.map(([first]) => oneWon(first))).size).toBe(2)
  return answers
}

describe('a cancellation', () => {
  const wasUnpaid = ({ body }: Reply) => body.payment_status === 'unpaid'

  test('racing the payment is the end of the order, and whatever was paid goes back', async () => {
    const product = await offer({ stock: 100 })
    const ids = await orders(product, 24)
    const answers = await neckAndNeck(ids, { one: cancel, other: id => pay(ann, id, 1500), oneWon: wasUnpaid })
    for (const [cancelling, paying] of answers) {
      expect(cancelling.status).toBe(200)
      expect([201, 409]).toContain(paying.status)
    }
    expect(new Set(await settled(product, 100, ids, 'fulfilling'))).toEqual(new Set(['cancelled']))
  })

  test('racing the pick-up stops the parcel or comes too late, never both', async () => {
    const product = await offer({ stock: 100 })
    const ids = await orders(product, 16)
    const parcels = new Map<number, number>()
    await times(ids.length, async at => {
      expect((await pay(ann, ids[at]!, 1500)).status).toBe(201)
      parcels.set(ids[at]!, (await untilShipment(ann, ids[at]!)).id)
    })
    const pickUp = (id: number) => carrierSays(parcels.get(id) ?? 0, 'picked_up')
    const answers = await neckAndNeck(ids, { one: cancel, other: pickUp, oneWon: ({ status }) => status === 200 })
    const ends = await settled(product, 100, ids, 'shipped')
    for (const [at, answer] of answers.entries())
      expect(answer.map(({ status }) => status)).toEqual(ends[at] === 'cancelled' ? [200, 409] : [409, 200])
  })

  test('racing the news of a bank transfer gives the money back or finds none', async () => {
    const product = await offer({ stock: 100 })
    const ids = await orders(product, 16)
    const transfers = new Map<number, number>()
    await times(ids.length, async at => {
      const { body } = await pay(ann, ids[at]!, 1500, { payment_method: 'bank_transfer' })
      transfers.set(ids[at]!, body.id)
    })
    const capture = (id: number) => ask('POST', `/api/payments/${transfers.get(id)}/capture`, { token: boss })
    await neckAndNeck(ids, { one: cancel, other: capture, oneWon: wasUnpaid })
    await settled(product, 100, ids, 'fulfilling')
  })

  test('asked for ten times at once is one', async () => {
    const product = await offer()
    const [id = 0] = await orders(product, 1)
    await pay(ann, id, 1500)
    await untilOrder(ann, id, 'fulfilling')
    const statuses = (await times(10, () => cancel(id))).map(({ status }) => status)
    expect(statuses).toContain(200)
    expect(new Set(statuses).difference(new Set([200, 409])).size).toBe(0)
    await settled(product, 10, [id], 'fulfilling')
    expect((await moneyOf(ann, id)).refunds).toEqual([1500])
  })
})

test('another address, racing the payment, comes first and changes the price, or too late', async () => {
  const product = await offer({ stock: 100 })
  const ids = await orders(product, 16)
  const shipping_address = { line1: 'Unter den Linden 1', city: 'Berlin', country: 'DE' }
  const move = (id: number) => ask('PATCH', `/api/orders/${id}`, { token: ann.token, body: { shipping_address } })
  const answers = await neckAndNeck(ids, { one: move, other: id => pay(ann, id, 1500), oneWon: ({ status }) => status === 200 })
  for (const [index, id] of ids.entries()) {
    const [moved, paid] = answers[index]!
    expect([moved.status, paid.status, paid.body.code]).toEqual(
      moved.status === 200 ? [200, 409, 'amount_mismatch'] : [409, 201, undefined],
    )
    if (moved.status === 200) expect((await pay(ann, id, moved.body.total_amount)).status).toBe(201)
    const { total_amount } = await untilOrder(ann, id, 'fulfilling')
    expect(total_amount).toBe(moved.status === 200 ? moved.body.total_amount : 1500)
    expect(await moneyOf(ann, id)).toMatchObject({ captured: [total_amount], held: total_amount })
  }
  await untilStock(product.id, { quantity: 84, reserved: 0 })
})

describe('a payment', () => {
  test('made several times at once is taken once', async () => {
    const product = await offer({ stock: 100 })
    const ids = await orders(product, 8)
    await times(ids.length, async at => {
      const statuses = (await times(4, () => pay(ann, ids[at]!, 1500))).map(({ status }) => status)
      expect(statuses.toSorted()).toEqual([201, 409, 409, 409])
    })
    expect(new Set(await settled(product, 100, ids, 'fulfilling'))).toEqual(new Set(['fulfilling']))
  })

  test('told by the same webhook ten times at once counts once', async () => {
    const product = await offer()
    const [id = 0] = await orders(product, 1)
    const { body: payment } = await pay(ann, id, 1500, { payment_token: 'tok_3ds' })
    const [, transaction_id] = /sandbox\/(\w+)\/confirm/.exec(payment.next_action.url) ?? []
    const type = 'payment.captured'
    const event = { id: `evt_${transaction_id}`, type, payment_id: payment.id, transaction_id, amount: 1500, currency: 'USD' }
    const headers = { [signatureHeader]: signWebhook(sandboxSecret(String(Bun.env.INTERNAL_KEY)), JSON.stringify(event), new Date()) }
    const told = await times(10, () => ask('POST', '/api/payments/webhooks/sandbox', { body: event, headers }))
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]))
    await settled(product, 10, [id], 'fulfilling')
  })
})
