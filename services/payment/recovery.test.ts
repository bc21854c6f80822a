import { afterAll, describe, expect, test } from 'bun:test'
import type { Charge, Provider, ProviderEvent } from './providers/provider'
import { testPayments } from './testing'

/** A payment company behind a bad line: what reaches it, and what comes back, is the test's to say. */
const farAway = () => {
  const charges = new Map<number, Charge>()
  const refunds = new Map<number, number>()
  const calls: string[] = []
  let meanwhile = async (_paymentId: number, _charge: Charge): Promise<unknown> => undefined
  let line: 'up' | 'answers lost' | 'nothing arrives' = 'up'
  const over = async <T>(call: string, work: () => T): Promise<T> => {
    if (line === 'nothing arrives') throw new Error('no route')
    calls.push(call)
    const answer = work()
    if (line === 'answers lost') throw new Error('connection reset')
    return answer
  }
  const moved = (id: number, from: Charge['state'], to: Charge['state']) => {
    const charge = charges.get(id)!
    if (charge.state === from) charges.set(id, { ...charge, state: to })
    return charges.get(id)!
  }
  const provider: Provider = {
    name: 'faraway',
    charge: async ({ paymentId, amount, currency, token }) => {
      await meanwhile(paymentId, { state: 'captured', transactionId: `far-${paymentId}`, amount, currency })
      return over(`charge ${paymentId}`, () => {
        const made: Charge = { state: token === 'auth' ? 'authorized' : 'captured', transactionId: `far-${paymentId}`, amount, currency }
        if (!charges.has(paymentId)) charges.set(paymentId, made)
        return charges.get(paymentId)!
      })
    },
    chargeOf: ({ paymentId }) => over(`ask ${paymentId}`, () => charges.get(paymentId)),
    capture: ({ paymentId }) => over(`capture ${paymentId}`, () => moved(paymentId, 'authorized', 'captured')),
    void: ({ paymentId }) => over(`void ${paymentId}`, () => moved(paymentId, 'authorized', 'voided')),
    refund: ({ refundId, amount }) =>
      over(`refund ${refundId}`, () => {
        refunds.set(refundId, amount)
        return { state: 'succeeded', reference: `back-${refundId}` }
      }),
    refundOf: ({ refundId }) =>
      over(`ask refund ${refundId}`, () => (refunds.has(refundId) ? { state: 'succeeded', reference: `back-${refundId}` } : undefined)),
    eventOf: async body => JSON.parse(new TextDecoder().decode(body)) as ProviderEvent,
  }
  return {
    provider,
    calls,
    charges,
    refunds,
    meanwhile: (work: typeof meanwhile) => (meanwhile = work),
    is: (now: typeof line) => (line = now),
    of: (what: string) => calls.filter(call => call === what),
  }
}

const far = farAway()
const shop = await testPayments({ providers: [far.provider], onlineProvider: 'faraway', terms: { deadlineMs: 300, askAfterMs: 30_000 } })
const { pay, placed, get, send, sql, published, admin } = shop
afterAll(() => shop.drop())

const later = (ms = 3_600_000) => shop.followUp.sweep(new Date(Date.now() + ms))

describe('when a provider’s answer is lost', () => {
  test('the payment is pending until the sweep has asked, and is charged once', async () => {
    far.is('answers lost')
    const { status, body } = await pay(placed())
    expect([status, body.status]).toEqual([201, 'pending'])
    far.is('up')
    await Promise.all([later(), later()])
    expect(await get(body.id)).toMatchObject({ status: 'completed', transaction_id: `far-${body.id}` })
    expect(far.of(`charge ${body.id}`)).toHaveLength(1)
    expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.processed'])
  })

  test('a charge that never arrived is given up, not made again, and the order may be paid anew', async () => {
    far.is('nothing arrives')
    const id = placed()
    const { body } = await pay(id)
    far.is('up')
    await later()
    expect((await get(body.id)).status).toBe('pending')
    await sql.db
      .updateTable('payments')
      .set({ created_at: new Date(Date.now() - 120_000) })
      .where('id', '=', body.id)
      .execute()
    await later()
    expect(await get(body.id)).toMatchObject({ status: 'failed', reason: 'provider_not_reached' })
    expect(far.of(`charge ${body.id}`)).toHaveLength(0)
    shop.releaseClaim(id)
    expect((await pay(id)).body.status).toBe('completed')
  })

  test('a refund is asked for before it is sent again', async () => {
    const { body } = await pay(placed())
    far.is('answers lost')
    const first = await send('POST', `/api/payments/${body.id}/refunds`, { amount: 10 }, admin)
    expect([first.status, first.body.status]).toEqual([201, 'pending'])
    expect((await send('POST', `/api/payments/${body.id}/refunds`, { amount: 2990.01 }, admin)).status).toBe(409)
    far.is('up')
    await later()
    expect((await get(body.id)).refunded_amount).toBe(10)
    expect(far.of(`refund ${first.body.id}`)).toHaveLength(1)
  })

  test('capture and void are finished by the sweep', async () => {
    for (const [act, end] of [
      ['capture', 'completed'],
      ['void', 'voided'],
    ] as const)
      for (const line of ['answers lost', 'nothing arrives'] as const) {
        far.is('up')
        const { body } = await pay(placed(), { payment_token: 'auth' })
        far.is(line)
        expect((await send('POST', `/api/payments/${body.id}/${act}`, undefined, admin)).body.status).toBe('authorized')
        far.is('up')
        await later()
        expect((await get(body.id)).status).toBe(end)
        expect(far.of(`${act} ${body.id}`)).toHaveLength(1)
      }
  })
})

test('a webhook that overtakes the answer settles the payment, and the answer adds nothing', async () => {
  far.is('up')
  const said: number[] = []
  far.meanwhile(async (paymentId, charge) => {
    const { status } = await send('POST', '/api/payments/webhooks/faraway', { id: `early-${paymentId}`, paymentId, charge }, {})
    said.push(status)
  })
  const { status, body } = await pay(placed())
  far.meanwhile(async () => undefined)
  expect([said, status, body.status]).toEqual([[200], 201, 'completed'])
  expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.processed'])
})

describe('when we died between', () => {
  test('the repeated request goes on with the same payment and charges nobody twice', async () => {
    far.is('up')
    const id = placed()
    const first = await pay(id, {}, { 'idempotency-key': 'crash' })
    // What a crash after the charge leaves: the intent, and neither outcome nor answer.
    await sql.db
      .updateTable('payments')
      .set({ status: 'pending', doing: 'charge', captured: 0, captured_at: null, transaction_id: null, version: 0 })
      .where('id', '=', first.body.id)
      .execute()
    await sql.db.deleteFrom('ledger_entries').execute()
    await sql.db.deleteFrom('ledger_transactions').where('payment_id', '=', first.body.id).execute()
    await sql.kernel.deleteFrom('idempotency_keys').execute()
    const again = await pay(id, {}, { 'idempotency-key': 'crash' })
    expect(again.body).toMatchObject({ id: first.body.id, status: 'completed', captured_amount: 3000 })
    expect(far.of(`charge ${first.body.id}`)).toHaveLength(1)
  })

  test('a cancelled order is refunded, whatever the provider was about to say', async () => {
    far.is('answers lost')
    const id = placed()
    const { body } = await pay(id)
    await shop.receive(shop.orderEvents.cancelled(id))
    far.is('up')
    await later()
    await later()
    expect(await get(body.id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect([...far.refunds.values()].filter(amount => amount === 300_000)).toHaveLength(1)
  })
})

test('what nobody knows for long shows in drift, by name', async () => {
  far.is('nothing arrives')
  const { body } = await pay(placed())
  await sql.db
    .updateTable('payments')
    .set({ created_at: new Date(Date.now() - 600_000) })
    .where('id', '=', body.id)
    .execute()
  expect((await shop.drift()).outstanding).toEqual({ count: 1, examples: [`payment:${body.id}`] })
})

test('what a customer never finished is given up in time', async () => {
  const { body } = await pay(placed(), { payment_method: 'bank_transfer' })
  await shop.expire()
  expect((await get(body.id)).status).toBe('pending')
  await shop.expire(new Date(Date.now() + 5 * 86_400_000))
  await later()
  expect((await get(body.id)).status).toBe('voided')
})
