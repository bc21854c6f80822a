import { afterAll, describe, expect, test } from 'bun:test'
import { day, hour, minute, second } from '#shared/time'
import type { Charge, Provider, ProviderEvent } from './providers/provider'
import { testPayments } from './testing'

/** A provider behind an unreliable network. The test decides whether requests arrive and whether answers return. */
const unreliableProvider = () => {
  const charges = new Map<number, Charge>()
  const refunds = new Map<number, number>()
  const calls: string[] = []
  let beforeCharge = async (_paymentId: number, _charge: Charge): Promise<unknown> => undefined
  let network: 'up' | 'answers lost' | 'nothing arrives' = 'up'
  const receive = async <T>(call: string, work: () => T): Promise<T> => {
    if (network === 'nothing arrives') throw new Error('no route')
    calls.push(call)
    const answer = work()
    if (network === 'answers lost') throw new Error('connection reset')
    return answer
  }
  const change = (id: number, from: Charge['state'], to: Charge['state']): Charge => {
    const charge = charges.get(id)
    if (!charge) throw new Error(`no charge ${id}`)
    const changed = charge.state === from ? { ...charge, state: to } : charge
    charges.set(id, changed)
    return changed
  }
  const provider: Provider = {
    name: 'unreliable',
    charge: async ({ paymentId, amount, currency, token }) => {
      const transactionId = `transaction-${paymentId}`
      await beforeCharge(paymentId, { state: 'captured', transactionId, amount, currency })
      return receive(`charge ${paymentId}`, () => {
        const state = token === 'auth' ? 'authorized' : 'captured'
        const charge = charges.get(paymentId) ?? { state, transactionId, amount: token === 'cheaper' ? 1 : amount, currency }
        charges.set(paymentId, charge)
        return charge
      })
    },
    chargeOf: ({ paymentId }) => receive(`ask ${paymentId}`, () => charges.get(paymentId)),
    capture: ({ paymentId }) => receive(`capture ${paymentId}`, () => change(paymentId, 'authorized', 'captured')),
    void: ({ paymentId }) => receive(`void ${paymentId}`, () => change(paymentId, 'authorized', 'voided')),
    refund: ({ refundId, amount }) =>
      receive(`refund ${refundId}`, () => {
        refunds.set(refundId, amount)
        return { state: 'succeeded', reference: `back-${refundId}` }
      }),
    refundOf: ({ refundId }) =>
      receive(`ask refund ${refundId}`, () => (refunds.has(refundId) ? { state: 'succeeded', reference: `back-${refundId}` } : undefined)),
    eventOf: async body => JSON.parse(new TextDecoder().decode(body)) as ProviderEvent,
  }
  return {
    provider,
    calls,
    charges,
    refunds,
    beforeCharge: (work: typeof beforeCharge) => (beforeCharge = work),
    setNetwork: (state: typeof network) => (network = state),
    callsOf: (call: string) => calls.filter(one => one === call),
  }
}

const remote = unreliableProvider()
const shop = await testPayments({
  providers: [remote.provider],
  onlineProvider: 'unreliable',
  terms: { deadlineMs: 300, askAfterMs: 30 * second },
})
const { pay, placed, get, send, sql, published, admin } = shop
afterAll(() => shop.drop())

const followUp = () => shop.followUp.sweep(new Date(Date.now() + hour))

describe('when a provider’s answer is lost', () => {
  test('the payment is pending until the follow-up has asked, and is charged once', async () => {
    remote.setNetwork('answers lost')
    const { status, body } = await pay(placed())
    expect([status, body.status]).toEqual([201, 'pending'])
    remote.setNetwork('up')
    await Promise.all([followUp(), followUp()])
    expect(await get(body.id)).toMatchObject({ status: 'completed', transaction_id: `transaction-${body.id}` })
    expect(remote.callsOf(`charge ${body.id}`)).toHaveLength(1)
    expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.processed'])
  })

  test('a charge that never arrived fails in time, is not repeated, and the order can be paid by another', async () => {
    remote.setNetwork('nothing arrives')
    const id = placed()
    const { body } = await pay(id)
    remote.setNetwork('up')
    await followUp()
    expect((await get(body.id)).status).toBe('pending')
    await sql.db
      .updateTable('payments')
      .set({ created_at: new Date(Date.now() - 2 * minute) })
      .where('id', '=', body.id)
      .execute()
    await followUp()
    expect(await get(body.id)).toMatchObject({ status: 'failed', reason: 'provider_not_reached' })
    expect(remote.callsOf(`charge ${body.id}`)).toHaveLength(0)
    shop.releaseClaim(id)
    expect((await pay(id)).body.status).toBe('completed')
  })

  test('the provider is asked about a refund before it would be made again', async () => {
    const { body } = await pay(placed())
    remote.setNetwork('answers lost')
    const first = await send('POST', `/api/payments/${body.id}/refunds`, { amount: 10 }, admin)
    expect([first.status, first.body.status]).toEqual([201, 'pending'])
    expect((await send('POST', `/api/payments/${body.id}/refunds`, { amount: 2990.01 }, admin)).status).toBe(409)
    remote.setNetwork('up')
    await followUp()
    expect((await get(body.id)).refunded_amount).toBe(10)
    expect(remote.callsOf(`refund ${first.body.id}`)).toHaveLength(1)
  })

  test('the follow-up finishes captures and voids', async () => {
    for (const [action, end] of [
      ['capture', 'completed'],
      ['void', 'voided'],
    ] as const)
      for (const network of ['answers lost', 'nothing arrives'] as const) {
        remote.setNetwork('up')
        const { body } = await pay(placed(), { payment_token: 'auth' })
        remote.setNetwork(network)
        expect((await send('POST', `/api/payments/${body.id}/${action}`, undefined, admin)).body.status).toBe('authorized')
        remote.setNetwork('up')
        await followUp()
        expect((await get(body.id)).status).toBe(end)
        expect(remote.callsOf(`${action} ${body.id}`)).toHaveLength(1)
      }
  })

  test('a payment of a cancelled order is refunded once its capture is known', async () => {
    remote.setNetwork('answers lost')
    const id = placed()
    const { body } = await pay(id)
    await shop.receive(shop.orderEvents.cancelled(id))
    remote.setNetwork('up')
    await followUp()
    await followUp()
    expect(await get(body.id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect([...remote.refunds.values()].filter(amount => amount === 300_000)).toHaveLength(1)
  })
})

test('a webhook that arrives before the answer settles the payment, and the answer changes nothing', async () => {
  remote.setNetwork('up')
  const webhookStatuses: number[] = []
  remote.beforeCharge(async (paymentId, charge) => {
    const { status } = await send('POST', '/api/payments/webhooks/unreliable', { id: `early-${paymentId}`, paymentId, charge }, {})
    webhookStatuses.push(status)
  })
  const { status, body } = await pay(placed())
  remote.beforeCharge(async () => undefined)
  expect([webhookStatuses, status, body.status]).toEqual([[200], 201, 'completed'])
  expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.processed'])
})

test('an order that is cancelled while its provider is asked keeps no money', async () => {
  remote.setNetwork('up')
  for (const [payment_token, end] of [
    [undefined, 'refunded'],
    ['auth', 'voided'],
  ] as const) {
    const id = placed()
    remote.beforeCharge(() => shop.receive(shop.orderEvents.cancelled(id)))
    const { body } = await pay(id, { ...(payment_token && { payment_token }) })
    remote.beforeCharge(async () => undefined)
    await followUp()
    expect((await get(body.id)).status).toBe(end)
  }
})

describe('after a crash between charge and answer', () => {
  test('the repeated request continues the same payment and charges once', async () => {
    remote.setNetwork('up')
    const id = placed()
    const first = await pay(id, {}, { 'idempotency-key': 'crash' })
    // The state after such a crash: the payment is stored without its outcome and answer.
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
    expect(remote.callsOf(`charge ${first.body.id}`)).toHaveLength(1)
  })
})

describe('a provider that answers with another amount', () => {
  const withAmount = (id: number, change: Partial<Charge>) => {
    const charge = remote.charges.get(id)
    if (charge) remote.charges.set(id, { ...charge, ...change })
  }
  const listed = async (id: number) => (await shop.drift()).outstanding.examples.includes(`payment:${id}`)
  test('is not asked for ever: the payment stays as it is, in drift, until a report of it fits', async () => {
    remote.setNetwork('answers lost')
    const { body } = await pay(placed())
    remote.setNetwork('up')
    withAmount(body.id, { amount: 1 })
    await followUp()
    const asked = remote.callsOf(`ask ${body.id}`).length
    await followUp()
    expect([remote.callsOf(`ask ${body.id}`).length, (await get(body.id)).status, await listed(body.id)]).toEqual([asked, 'pending', true])
    withAmount(body.id, { state: 'voided' })
    await send('POST', `/api/payments/${body.id}/void`, undefined, admin)
    expect([(await get(body.id)).status, await listed(body.id)]).toEqual(['voided', false])
  })
  test('at once leaves the payment pending, and answers no internal error', async () => {
    const id = placed()
    const { status, body } = await pay(id, { payment_token: 'cheaper' })
    expect([status, body.status, await listed(body.id)]).toEqual([201, 'pending', true])
    expect(shop.failures).toEqual([])
    withAmount(body.id, { state: 'failed' })
    await send('POST', `/api/payments/${body.id}/void`, undefined, admin)
  })
})

test('drift names a payment whose outcome stays unknown', async () => {
  remote.setNetwork('nothing arrives')
  const { body } = await pay(placed())
  await sql.db
    .updateTable('payments')
    .set({ created_at: new Date(Date.now() - 10 * minute) })
    .where('id', '=', body.id)
    .execute()
  expect((await shop.drift()).outstanding).toEqual({ count: 1, examples: [`payment:${body.id}`] })
})

test('a payment that its customer does not finish is voided in time', async () => {
  const { body } = await pay(placed(), { payment_method: 'bank_transfer' })
  await shop.expire()
  expect((await get(body.id)).status).toBe('pending')
  await shop.expire(new Date(Date.now() + 5 * day))
  await followUp()
  expect((await get(body.id)).status).toBe('voided')
})
