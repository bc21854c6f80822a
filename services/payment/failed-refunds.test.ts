import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { day, minute } from '#shared/time'
import type { Charge, Provider } from './providers/provider'
import { testPayments } from './testing'

/** A provider that refuses as many refunds as the test says. */
let refusals = 0
const asked: number[] = []
const strict: Provider = {
  name: 'strict',
  charge: async ({ paymentId, amount, currency }): Promise<Charge> => ({
    ...{ state: 'captured', transactionId: `t-${paymentId}`, amount, currency },
  }),
  chargeOf: async () => undefined,
  capture: async () => Promise.reject(new Error('not played')),
  void: async () => Promise.reject(new Error('not played')),
  refund: async ({ refundId }) => {
    asked.push(refundId)
    return refusals-- > 0 ? { state: 'failed', reference: '' } : { state: 'succeeded', reference: `back-${refundId}` }
  },
  refundOf: async () => undefined,
  eventOf: async () => undefined,
}
const shop = await testPayments({ providers: [strict], onlineProvider: 'strict' })
const { paid, get, send, sql, receive, orderEvents, admin } = shop
afterAll(() => shop.drop())
beforeEach(async () => {
  await sql.db.updateTable('payments').set({ captured: 0, refunded: 0, refunding: 0 }).execute()
  await sql.db.deleteFrom('refunds').execute()
  asked.length = 0
  refusals = 0
})

const followUp = (afterMs: number) => shop.followUp.sweep(new Date(Date.now() + afterMs))
const refundsOf = (id: number) => sql.db.selectFrom('refunds').selectAll().where('payment_id', '=', id).orderBy('id').execute()
const outstanding = async () =>
  (await shop.payments.drift({ from: new Date(Date.now() + minute), to: new Date(Date.now() + day) })).outstanding
const cancelledAndRefused = async (times: number) => {
  const payment = await paid()
  refusals = times
  await receive(orderEvents.cancelled(payment.order_id))
  for (let round = 0; round < 8; round++) await followUp(2 * day)
  return payment
}

describe('a refund that the provider refuses', () => {
  test('is tried again under another id after a pause, and its money stays set aside', async () => {
    const { id, order_id } = await paid()
    refusals = 1
    await receive(orderEvents.cancelled(order_id))
    await followUp(0)
    await followUp(0)
    const [failed, again] = await refundsOf(id)
    expect([failed?.state, again?.state, again?.retry_of, again?.refund_cause]).toEqual([
      'failed',
      'pending',
      failed?.id ?? 0,
      'order_cancelled',
    ])
    expect(await outstanding()).toEqual({ count: 1, examples: [`refund:${again?.id}`] })
    expect((await send('POST', `/api/payments/${id}/refunds`, {}, admin)).body.code).toBe('refund_exceeds_captured')
    await followUp(2 * minute)
    expect(await get(id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect(new Set(asked).size).toBe(2)
    expect(await outstanding()).toEqual({ count: 0, examples: [] })
  })

  test('is given up after five attempts, and stays in drift and in the metric until a person has settled it', async () => {
    const { id } = await cancelledAndRefused(100)
    const rows = await refundsOf(id)
    expect(rows.map(({ state, attempt }) => [state, attempt])).toEqual([1, 2, 3, 4, 5].map(attempt => ['failed', attempt]))
    const last = rows.at(-1)?.id
    expect(await outstanding()).toEqual({ count: 1, examples: [`refund:${last}`] })
    expect(await shop.payments.unsettledRefunds()).toHaveLength(1)
    refusals = 0
    const path = `/api/payments/${id}/refunds/${last}/retry`
    const { status, body } = await send('POST', path, undefined, { ...admin, 'idempotency-key': 'retry' })
    expect({ status, ...body }).toMatchObject({ status: 'succeeded', retry_of: last, attempt: 6, cause: 'order_cancelled', amount: 3000 })
    expect((await send('POST', path, undefined, { ...admin, 'idempotency-key': 'retry' })).body).toEqual(body)
    expect((await send('POST', path, undefined, admin)).body.code).toBe('not_retryable')
    expect(await outstanding()).toEqual({ count: 0, examples: [] })
    expect(await get(id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
  })

  test('is settled by other refunds of all the money', async () => {
    const { id } = await cancelledAndRefused(100)
    refusals = 0
    expect((await send('POST', `/api/payments/${id}/refunds`, {}, admin)).body.status).toBe('succeeded')
    expect(await outstanding()).toEqual({ count: 0, examples: [] })
  })

  test('of a part, while the order is cancelled, does not leave that part with us', async () => {
    const { id, order_id } = await paid()
    refusals = 1
    expect((await send('POST', `/api/payments/${id}/refunds`, { amount: 10 }, admin)).body.status).toBe('failed')
    await receive(orderEvents.cancelled(order_id))
    for (let round = 0; round < 3; round++) await followUp(2 * day)
    expect(await get(id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect((await refundsOf(id)).map(({ amount, state }) => [amount, state])).toEqual([
      [1000, 'failed'],
      [1000, 'succeeded'],
      [299_000, 'succeeded'],
    ])
  })
})

describe('money above what the order costs', () => {
  test('goes back once, and the rest with a cancellation', async () => {
    const { id, order_id } = await paid()
    const event = orderEvents.statusUpdated(order_id, 'paid', 2400)
    await Promise.all([receive(event), receive(event), receive(orderEvents.statusUpdated(order_id, 'fulfilling', 2400))])
    await followUp(0)
    expect(await get(id)).toMatchObject({ status: 'partially_refunded', refunded_amount: 600 })
    expect((await shop.published(id)).at(-1)?.data).toMatchObject({ amount: 600, cause: 'overpaid' })
    await receive(orderEvents.cancelled(order_id))
    await followUp(0)
    expect((await refundsOf(id)).map(({ amount, refund_cause }) => [amount, refund_cause])).toEqual([
      [60_000, 'overpaid'],
      [240_000, 'order_cancelled'],
    ])
  })
})

test('the cause of a refund does not come from what a person typed', async () => {
  const { id } = await paid()
  const { body } = await send('POST', `/api/payments/${id}/refunds`, { amount: 1, reason: 'paid_twice' }, admin)
  expect(body).toMatchObject({ reason: 'paid_twice', cause: 'requested' })
  expect((await shop.published(id)).at(-1)?.data).toMatchObject({ reason: 'paid_twice', cause: 'requested' })
  expect(shop.failures).toEqual([])
})
