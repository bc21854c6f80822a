import { afterAll, describe, expect, test } from 'bun:test'
import { hour, minute } from '#shared/time'
import { ledgerDrift } from './ledger'
import type { PaymentView } from './model'
import type { Charge, Provider } from './providers/provider'
import { testPayments } from './testing'

/** A provider whose customers still have to confirm, and that does not answer while it is down. */
let isDown = false
const charges = new Map<number, Charge>()
const charge = (paymentId: number): Charge => {
  const found = charges.get(paymentId)
  if (!found || isDown) throw new Error('no route')
  return found
}
const remote: Provider = {
  name: 'remote',
  charge: async ({ paymentId, amount, currency }) => {
    charges.set(paymentId, { state: 'requires_action', transactionId: `t-${paymentId}`, amount, currency })
    return charge(paymentId)
  },
  chargeOf: async ({ paymentId }) => charge(paymentId),
  capture: async () => Promise.reject(new Error('not played')),
  void: async ({ paymentId }) => {
    charges.set(paymentId, { ...charge(paymentId), state: 'voided' })
    return charge(paymentId)
  },
  refund: async () => Promise.reject(new Error('not played')),
  refundOf: async () => Promise.reject(new Error('not played')),
  eventOf: async () => undefined,
}
const shop = await testPayments()
const unreliable = await testPayments({ providers: [remote], onlineProvider: 'remote' })
const { pay, placed, send, get, published, sql } = shop
afterAll(() => Promise.all([shop.drop(), unreliable.drop()]))

const cancel = (id: number, headers?: Record<string, string>, by = shop) =>
  by.send('POST', `/api/payments/${id}/cancel`, undefined, headers)
const begun = async (fields: object = { payment_token: 'tok_3ds' }): Promise<PaymentView> => (await pay(placed(), fields)).body
const confirm = (payment: PaymentView) => send('POST', payment.next_action?.url ?? '', { outcome: 'success' }, {})
const voidedEvents = async (id: number) => (await published(id)).filter(({ type }) => type === 'payment.voided').length

describe('a customer gives up a payment', () => {
  test.each([
    ['that waits for the bank’s confirmation', { payment_token: 'tok_3ds' }],
    ['by a transfer that has not arrived', { payment_method: 'bank_transfer' }],
  ])('%s, and pays in another way at once', async (_, fields) => {
    const payment = await begun(fields)
    const { status, body } = await cancel(payment.id)
    expect([status, body.status]).toEqual([200, 'voided'])
    expect((await pay(payment.order_id)).body.status).toBe('completed')
  })

  test('which the bank cannot confirm any more', async () => {
    const payment = await begun()
    await cancel(payment.id)
    await confirm(payment)
    await shop.sweep()
    expect((await get(payment.id)).status).toBe('voided')
  })

  test('again, also twice at once, with the same end', async () => {
    const { id } = await begun()
    const answers = await Promise.all([cancel(id), cancel(id), cancel(id, shop.admin)])
    for (const { status, body } of [...answers, await cancel(id)]) expect([status, body.status]).toEqual([200, 'voided'])
    expect(await voidedEvents(id)).toBe(1)
  })

  test('at the moment at which the bank confirms it: it is voided or completed, at the provider as with us', async () => {
    for (let round = 0; round < 10; round++) {
      const payment = await begun()
      const [{ body }] = await Promise.all([cancel(payment.id), confirm(payment)])
      await shop.sweep()
      const { status, captured_amount } = await get(payment.id)
      const { state } = await sql.db
        .selectFrom('sandbox_charges')
        .select('state')
        .where('payment_id', '=', payment.id)
        .executeTakeFirstOrThrow()
      expect([body.status, status, captured_amount, state]).toEqual(
        state === 'voided' ? ['voided', 'voided', 0, 'voided'] : ['completed', 'completed', 3000, 'captured'],
      )
    }
    expect(await ledgerDrift(sql, { from: new Date(Date.now() - hour), to: new Date(Date.now() + minute) })).toEqual([])
  })

  test('while the provider does not answer: it is voided once the provider does', async () => {
    const [first, second] = await Promise.all([unreliable.paid(), unreliable.paid()])
    isDown = true
    for (const id of [first.id, first.id, second.id]) {
      const { status, body } = await cancel(id, undefined, unreliable)
      expect([status, body.status]).toEqual([200, 'requires_action'])
    }
    isDown = false
    expect((await cancel(first.id, undefined, unreliable)).body.status).toBe('voided')
    await unreliable.followUp.sweep(new Date(Date.now() + hour))
    expect((await unreliable.get(second.id)).status).toBe('voided')
    expect((await unreliable.published(first.id)).map(({ type }) => type)).toEqual(['payment.voided'])
  })
})

describe('nobody gives up', () => {
  test.each([
    ['that is authorized', { payment_token: 'tok_authorize' }],
    ['on delivery, whose goods may be sent already', { payment_method: 'cash_on_delivery' }],
    ['that is paid', {}],
    ['that failed', { payment_token: 'tok_decline' }],
  ])('a payment %s', async (_, fields) => {
    const { id, status: before } = await begun(fields)
    const { status, body } = await cancel(id)
    expect([status, body.code, (await get(id)).status]).toEqual([409, 'not_cancellable', before])
  })

  test('a payment of which the bank has still to decide', async () => {
    const { id } = await begun({ payment_token: 'tok_late_webhook' })
    expect((await cancel(id)).body.code).toBe('payment_in_progress')
  })

  test('another customer’s payment', async () => {
    const { id } = await begun()
    expect((await cancel(id, await shop.as(99))).body.code).toBe('payment_not_found')
    expect((await get(id)).status).toBe('requires_action')
  })

  test('by an internal error', () => expect([...shop.failures, ...unreliable.failures]).toEqual([]))
})
