import { afterAll, describe, expect, test } from 'bun:test'
import { offlineProvider } from './providers/offline'
import { shopper, testPayments } from './testing'

const account = 'Shop Ltd, IBAN XX00 0000 0000'
const bank = offlineProvider({ dueMs: 60_000, account })
/** What happens while the provider is asked. */
let meanwhile = async (_orderId: number) => {}
const shop = await testPayments({
  providers: [
    {
      ...bank,
      async charge(payment) {
        await meanwhile(payment.orderId)
        return bank.charge(payment)
      },
      async chargeOf(payment) {
        await meanwhile(payment.orderId)
        return bank.chargeOf(payment)
      },
    },
  ],
})
const { pay, placed, published, sql } = shop
afterAll(() => shop.drop())

const pendingOf = async (id: number) => (await published(id)).filter(({ type }) => type === 'payment.pending')
const transfer = { payment_method: 'bank_transfer' }

describe('a bank transfer', () => {
  test('is told once, with its account, its reference and the time until which it is awaited', async () => {
    const id = placed()
    const key = { 'idempotency-key': 'transfer' }
    const { body } = await pay(id, transfer, key)
    await pay(id, transfer, key)
    // As after a crash: the follow-up asks how the charge went, and hears of the same transfer again.
    const asked = { doing: 'charge' as const, ask_at: new Date(0) }
    await sql.db.updateTable('payments').set(asked).where('id', '=', body.id).execute()
    await shop.sweep()
    const { reference, due_at, bank_account } = body.next_action
    expect(bank_account).toBe(account)
    const payment = { payment_id: body.id, order_id: id, user_id: shopper, payment_method: 'bank_transfer' }
    const money = { amount: 3000, currency: 'USD', transaction_id: body.transaction_id }
    expect((await pendingOf(body.id)).map(({ data }): object => data)).toEqual([{ ...payment, ...money, reference, due_at, bank_account }])
    expect(new Date(due_at).getTime()).toBe(new Date(body.created_at).getTime() + 60_000)
  })

  test('of which the first request heard nothing is told by the follow-up', async () => {
    meanwhile = () => Promise.reject(new Error('the bank does not answer'))
    const { body } = await pay(placed(), transfer)
    meanwhile = async () => {}
    expect([body.next_action, await pendingOf(body.id)]).toEqual([undefined, []])
    await sql.db
      .updateTable('payments')
      .set({ ask_at: new Date(0) })
      .where('id', '=', body.id)
      .execute()
    await shop.sweep()
    expect(await pendingOf(body.id)).toHaveLength(1)
  })

  test('is not told when its order was cancelled meanwhile: it is voided', async () => {
    meanwhile = id => shop.receive(shop.orderEvents.cancelled(id))
    const { body } = await pay(placed(), transfer)
    meanwhile = async () => {}
    await shop.sweep()
    expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.voided'])
  })
})

test.each([['credit_card'], ['wallet'], ['cash_on_delivery']])('a payment by %s tells nobody what to do next', async payment_method => {
  const { body } = await pay(placed(), { payment_method })
  const waiting = await pay(placed(), { payment_token: 'tok_3ds' })
  expect(waiting.body.status).toBe('requires_action')
  for (const { id } of [body, waiting.body]) expect(await pendingOf(id)).toEqual([])
})
