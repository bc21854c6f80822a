import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { hour, minute } from '#shared/time'
import { ledgerDrift } from './ledger'
import { ledgerBalances } from './ledger-balances'
import { testPayments } from './testing'

const shop = await testPayments()
const { paid, pay, placed, send, get, published, sql, admin, orderEvents, receive } = shop
afterAll(() => shop.drop())

const refund = (id: number, body: object = {}, headers: Record<string, string> = {}) =>
  send('POST', `/api/payments/${id}/refunds`, body, { ...admin, ...headers })
const capture = (id: number) => send('POST', `/api/payments/${id}/capture`, undefined, admin)
const voidPayment = (id: number) => send('POST', `/api/payments/${id}/void`, undefined, admin)
const refundsOf = (id: number) => sql.db.selectFrom('refunds').selectAll().where('payment_id', '=', id).execute()
const today = () => ({ from: new Date(Date.now() - hour), to: new Date(Date.now() + minute) })
const expectBalancedLedger = async () => {
  expect(await ledgerDrift(sql, today())).toEqual([])
  expect((await ledgerBalances(sql)).reduce((sum, { balance }) => sum + Math.round(balance * 100), 0)).toBe(0)
}

describe('refunds by an admin', () => {
  test('return a part, then the rest, and publish each with the total', async () => {
    const { id } = await paid()
    const first = await refund(id, { amount: 1000.5, reason: 'scratched' })
    expect({ status: first.status, ...first.body }).toMatchObject({
      status: 'succeeded',
      amount: 1000.5,
      currency: 'USD',
      reason: 'scratched',
    })
    expect((await send('GET', String(first.headers.get('location')), undefined, admin)).body).toEqual(first.body)
    expect((await get(id)).status).toBe('partially_refunded')
    expect((await refund(id)).body.amount).toBe(1999.5)
    expect(await get(id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect((await published(id)).map(({ type, aggregate, data }) => [type, aggregate.version, data.amount, data.total_refunded])).toEqual([
      ['payment.processed', 1, 3000, undefined],
      ['payment.refunded', 2, 1000.5, 1000.5],
      ['payment.refunded', 3, 1999.5, 3000],
    ])
    await expectBalancedLedger()
  })

  test('never exceed what was captured, even when many arrive at once', async () => {
    const { id } = await paid()
    const answers = await Promise.all(Array.from({ length: 8 }, () => refund(id, { amount: 1000 })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
      new Set(['refund_exceeds_captured']),
    )
    expect((await get(id)).refunded_amount).toBe(3000)
    await expectBalancedLedger()
  })

  test('are made once when they are repeated with their key', async () => {
    const { id } = await paid()
    const [first, again] = [
      await refund(id, { amount: 5 }, { 'idempotency-key': 'r' }),
      await refund(id, { amount: 5 }, { 'idempotency-key': 'r' }),
    ]
    expect(again.body).toEqual(first.body)
    expect((await refund(id, { amount: 6 }, { 'idempotency-key': 'r' })).status).toBe(422)
    expect((await get(id)).refunded_amount).toBe(5)
  })

  test('are for admins, of captured money, in valid amounts', async () => {
    const { id } = await paid()
    expect((await send('POST', `/api/payments/${id}/refunds`, {})).status).toBe(403)
    for (const amount of [0, -1, 1.005]) expect((await refund(id, { amount })).status).toBe(400)
    expect((await refund(987_654)).status).toBe(404)
    const { body } = await pay(placed(), { payment_token: 'tok_authorize' })
    expect((await refund(body.id)).body.code).toBe('not_refundable')
  })
})

describe('capture and void', () => {
  test('capture an authorized payment once', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_authorize' })
    expect(body.status).toBe('authorized')
    const answers = await Promise.all([capture(body.id), capture(body.id), capture(body.id)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect((await capture(body.id)).body.code).toBe('not_capturable')
    expect((await voidPayment(body.id)).body.code).toBe('not_voidable')
    expect((await get(body.id)).status).toBe('completed')
  })
  test('give their answer again when they are repeated with their key', async () => {
    const keyed = { ...admin, 'idempotency-key': 'once' }
    const { body } = await pay(placed(), { payment_token: 'tok_authorize' })
    const { body: other } = await pay(placed(), { payment_token: 'tok_authorize' })
    for (const path of [`/api/payments/${body.id}/capture`, `/api/payments/${other.id}/void`]) {
      const [first, again] = [await send('POST', path, undefined, keyed), await send('POST', path, undefined, keyed)]
      expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true'])
      expect(again.body).toEqual(first.body)
    }
  })
  test('let another payment follow a voided one', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_token: 'tok_authorize' })
    expect((await voidPayment(body.id)).body.status).toBe('voided')
    shop.releaseClaim(id)
    expect((await pay(id)).body.status).toBe('completed')
  })
  test('at the same time have one winner, and the ledger agrees with it', async () => {
    for (let round = 0; round < 10; round++) {
      const { body } = await pay(placed(), { payment_token: 'tok_authorize' })
      await Promise.all([capture(body.id), voidPayment(body.id)])
      const { status, captured_amount } = await get(body.id)
      expect([status, captured_amount]).toEqual(status === 'voided' ? ['voided', 0] : ['completed', 3000])
    }
    await expectBalancedLedger()
  })
})

describe('a cancelled order', () => {
  test('is refunded once, however often its cancellation arrives', async () => {
    const { id, order_id } = await paid()
    const event = orderEvents.cancelled(order_id)
    await Promise.all([
      receive(event),
      receive(event),
      receive(orderEvents.statusUpdated(order_id, 'cancelled')),
      receive(orderEvents.cancelled(order_id)),
    ])
    await Promise.all([shop.sweep(), shop.sweep()])
    expect(await get(id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect((await refundsOf(id)).map(({ cause }) => cause)).toEqual([`auto:${id}`])
    await expectBalancedLedger()
  })
  test('is refunded only what was not refunded before', async () => {
    const { id, order_id } = await paid()
    await refund(id, { amount: 999.99 })
    await receive(orderEvents.cancelled(order_id))
    await shop.sweep()
    expect((await published(id)).at(-1)?.data).toMatchObject({ amount: 2000.01, total_refunded: 3000, reason: 'order_cancelled' })
  })
  test('voids its open payment and accepts no other', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_token: 'tok_3ds' })
    await receive(orderEvents.cancelled(id))
    await shop.sweep()
    expect((await get(body.id)).status).toBe('voided')
    shop.releaseClaim(id)
    expect((await pay(id)).body.code).toBe('order_not_payable')
  })
  test('refunds exactly once each of a hundred payments that race the cancellation', async () => {
    const rounds = Array.from({ length: 100 }, async (_, at) => {
      const id = placed()
      const [{ body }] = await Promise.all([pay(id), Bun.sleep(at % 7).then(() => receive(orderEvents.cancelled(id)))])
      return { order: id, payment: body.id as number | undefined }
    })
    const ended = await Promise.all(rounds)
    await shop.sweep()
    await shop.sweep()
    for (const { order, payment } of ended) {
      if (payment === undefined) {
        expect((await send('GET', `/api/payments/order/${order}`)).status).toBe(404)
        continue
      }
      const { status, captured_amount, refunded_amount } = await get(payment)
      expect({ status, captured_amount, refunded_amount }).toEqual({ status: 'refunded', captured_amount: 3000, refunded_amount: 3000 })
      expect(await refundsOf(payment)).toHaveLength(1)
    }
    const refunds = await sql.db.selectFrom('sandbox_refunds').select(['charge_id']).execute()
    const auto = await sql.db.selectFrom('refunds').select('id').execute()
    expect(refunds).toHaveLength(auto.length)
    expect(ended.filter(({ payment }) => payment !== undefined).length).toBeGreaterThan(0)
    await expectBalancedLedger()
  })
  test('keeps no money when an admin captures at the same time', async () => {
    const payments: number[] = []
    for (let round = 0; round < 20; round++) {
      const id = placed()
      const { body } = await pay(id, { payment_token: 'tok_authorize' })
      await Promise.all([capture(body.id), Bun.sleep(round % 4).then(() => receive(orderEvents.cancelled(id))), shop.sweep()])
      payments.push(body.id)
    }
    await shop.sweep()
    await shop.sweep()
    for (const id of payments) {
      const { status, captured_amount, refunded_amount } = await get(id)
      expect(['refunded', 'voided']).toContain(status)
      expect(refunded_amount).toBe(captured_amount)
    }
    await expectBalancedLedger()
  })
})

describe('returned goods', () => {
  test('are refunded once a return, and never above what was paid', async () => {
    const { id, order_id } = await paid()
    await Promise.all([
      receive(orderEvents.returned(order_id, 41, 1000.01)),
      receive(orderEvents.returned(order_id, 41, 1000.01)),
      receive(orderEvents.returned(order_id, 42, 2500)),
    ])
    await shop.sweep()
    expect((await refundsOf(id)).map(({ cause, amount }) => [cause, amount]).sort()).toEqual([
      ['return:41', 100_001],
      ['return:42', 199_999],
    ])
    expect((await get(id)).status).toBe('refunded')
  })
  test('are refunded after the capture when they come back before it', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_method: 'cash_on_delivery' })
    await receive(orderEvents.returned(id, 43, 12.5))
    await receive(orderEvents.statusUpdated(id, 'delivered'))
    await shop.sweep()
    await shop.sweep()
    expect(await get(body.id)).toMatchObject({ status: 'partially_refunded', refunded_amount: 12.5 })
    await expectBalancedLedger()
  })
})

test('the ledger balances after any sequence of captures, refunds, voids and cancellations', async () => {
  const step = fc.oneof(
    fc.record({ act: fc.constant('refund' as const), amount: fc.integer({ min: 1, max: 300_000 }) }),
    fc.record({
      act: fc.constantFrom('capture' as const, 'void' as const, 'cancel' as const, 'return' as const, 'sweep' as const),
      amount: fc.nat(300_000),
    }),
  )
  const token = fc.constantFrom('tok_success', 'tok_authorize', 'tok_decline', 'tok_3ds', 'tok_timeout')
  let returns = 1000
  await fc.assert(
    fc.asyncProperty(token, fc.array(step, { maxLength: 8 }), async (payment_token, steps) => {
      const { id, order_id } = await paid({ payment_token })
      for (const { act, amount } of steps) {
        if (act === 'refund') await refund(id, { amount: amount / 100 })
        if (act === 'capture') await capture(id)
        if (act === 'void') await voidPayment(id)
        if (act === 'cancel') await receive(orderEvents.cancelled(order_id))
        if (act === 'return') await receive(orderEvents.returned(order_id, ++returns, amount / 100))
        if (act === 'sweep') await shop.sweep()
      }
      await shop.sweep()
      await shop.sweep()
      const row = await sql.db.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect(row.refunding).toBe(0)
      expect(row.refunded).toBeLessThanOrEqual(row.captured)
      const versions = (await published(id)).map(({ aggregate }) => aggregate.version)
      expect(versions).toEqual(versions.map((_, at) => at + 1))
      if (steps.some(({ act }) => act === 'cancel')) expect(row.refunded).toBe(row.captured)
    }),
    { numRuns: 40 },
  )
  await expectBalancedLedger()
  expect(shop.failures).toEqual([])
})
