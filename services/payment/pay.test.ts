import { afterAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { shopper, testPayments } from './testing'

const shop = await testPayments({ terms: { readyMs: 600 } })
const { pay, placed, send, get, published, sql } = shop
afterAll(() => shop.drop())

const types = async (id: number) => (await published(id)).map(({ type, aggregate }) => `${type} ${aggregate.version}`)

describe('paying an order', () => {
  test('by credit card captures the money at once and publishes it', async () => {
    const id = placed()
    const { status, body, headers } = await pay(id)
    expect({ status, location: headers.get('location') }).toEqual({ status: 201, location: `/api/payments/${body.id}` })
    expect(body).toMatchObject({
      order_id: id,
      amount: 3000,
      currency: 'USD',
      status: 'completed',
      payment_method: 'credit_card',
      captured_amount: 3000,
    })
    expect(body.transaction_id).toStartWith('sbx_')
    expect(await types(body.id)).toEqual(['payment.processed 1'])
    expect((await published(body.id))[0]?.data).toMatchObject({ order_id: id, user_id: shopper, amount: 3000, currency: 'USD' })
  })

  test.each([
    ['tok_decline', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_unknown', 'invalid_token'],
    ['toString', 'invalid_token'],
  ])('with %s ends as a failed payment with its reason, and another payment can follow', async (payment_token, reason) => {
    const id = placed()
    const { status, body } = await pay(id, { payment_token })
    expect({ status, state: body.status, reason: body.reason }).toEqual({ status: 201, state: 'failed', reason })
    expect(await types(body.id)).toEqual(['payment.failed 1'])
    expect(shop.order(id).claimedBy).toBeUndefined()
    const second = await pay(id)
    expect(second.body.status).toBe('completed')
    const { body: known } = await send('GET', `/api/payments/order/${id}`)
    expect({ id: known.id, attempts: known.attempts.map((one: { id: number }) => one.id) }).toEqual({
      id: second.body.id,
      attempts: [second.body.id, body.id],
    })
  })

  test('charges once when the provider’s answer is lost', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_timeout' })
    expect(body.status).toBe('completed')
    const charges = await sql.db.selectFrom('sandbox_charges').selectAll().where('payment_id', '=', body.id).execute()
    expect(charges).toHaveLength(1)
  })

  test('by 3-D Secure waits for the customer, and completes by webhook', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    expect(body).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' } })
    expect((await send('POST', body.next_action.url, { outcome: 'success' }, {})).status).toBe(202)
    await shop.sweep()
    expect(await get(body.id)).toMatchObject({ status: 'completed' })
    expect(await get(body.id)).not.toHaveProperty('next_action')
  })

  test('by 3-D Secure fails when the customer is not authenticated', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    await send('POST', body.next_action.url, { outcome: 'failure' }, {})
    await shop.sweep()
    expect(await get(body.id)).toMatchObject({ status: 'failed', reason: 'authentication_failed' })
  })

  test('completes by a late webhook, and once by a duplicated one', async () => {
    const late = await pay(placed(), { payment_token: 'tok_late_webhook' })
    expect(late.body.status).toBe('pending')
    await eventually(async () => {
      await shop.sweep()
      return (await get(late.body.id)).status === 'completed'
    })
    const twice = await pay(placed(), { payment_token: 'tok_duplicate_webhook' })
    await shop.sweep()
    expect(await types(twice.body.id)).toEqual(['payment.processed 1'])
    expect(await types(late.body.id)).toEqual(['payment.processed 1'])
  })

  test('by bank transfer completes when an admin or the bank’s feed reports the money', async () => {
    const first = await pay(placed(), { payment_method: 'bank_transfer' })
    expect(first.body).toMatchObject({ status: 'pending', next_action: { type: 'bank_transfer', reference: first.body.transaction_id } })
    const captured = await send('POST', `/api/payments/${first.body.id}/capture`, undefined, shop.admin)
    expect(captured.body.status).toBe('completed')
    const second = await pay(placed(), { payment_method: 'bank_transfer' })
    const { id: payment_id, transaction_id } = second.body
    const event = { id: 'bank-1', type: 'payment.captured', payment_id, transaction_id, amount: 3000, currency: 'USD' }
    expect((await shop.webhook(event, { provider: 'offline' })).status).toBe(200)
    expect(await types(payment_id)).toEqual(['payment.pending 1', 'payment.processed 2'])
  })

  test('by cash on delivery is authorized at once and captured on delivery', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_method: 'cash_on_delivery' })
    expect(body.status).toBe('authorized')
    await shop.receive(shop.orderEvents.statusUpdated(id, 'delivered'))
    await shop.sweep()
    expect(await types(body.id)).toEqual(['payment.authorized 1', 'payment.processed 2'])
  })

  test('by cash on delivery is voided with its order, and not by an admin alone', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_method: 'cash_on_delivery' })
    const refused = await send('POST', `/api/payments/${body.id}/void`, undefined, shop.admin)
    expect([refused.status, refused.body.code]).toEqual([409, 'not_voidable'])
    expect(refused.body.detail).toContain('Cancel the order')
    await shop.receive(shop.orderEvents.cancelled(id))
    await shop.sweep()
    expect(await types(body.id)).toEqual(['payment.authorized 1', 'payment.voided 2'])
  })

  test('that costs nothing completes without an online provider', async () => {
    const { body } = await pay(placed({ total: 0 }), { amount: 0 })
    expect(body).toMatchObject({ status: 'completed', captured_amount: 0, provider: 'offline' })
  })

  test('waits for an order that is not payable yet, but not for ever', async () => {
    const id = placed({ status: 'pending' })
    const paying = pay(id)
    await eventually(() => shop.orderRequests.includes(`claim ${id}`))
    shop.order(id).status = 'awaiting_payment'
    expect((await paying).body.status).toBe('completed')
    const never = await pay(placed({ status: 'pending' }))
    expect({ status: never.status, code: never.body.code, retry: never.headers.get('retry-after') }).toEqual({
      status: 409,
      code: 'order_not_payable',
      retry: '1',
    })
  })
})

describe('a payment is refused and not stored', () => {
  const payments = () => sql.db.selectFrom('payments').select('id').execute()
  test.each([
    ['with an amount that is a cent off', () => pay(placed(), { amount: 2999.99 }), 409, 'amount_mismatch'],
    ['in another currency', () => pay(placed(), { currency: 'EUR' }), 409, 'currency_mismatch'],
    ['for another user’s order', () => pay(placed({ user_id: 99 })), 404, 'order_not_found'],
    ['for an order that does not exist', () => pay(987_654), 404, 'order_not_found'],
    ['for a cancelled order', () => pay(placed({ status: 'cancelled' })), 409, 'order_not_payable'],
    ['with a card number as its token', () => pay(placed(), { payment_token: '4242 4242 4242 4242' }), 400, 'card_data_refused'],
    ['with a card number inside its token', () => pay(placed(), { payment_token: 'tok_4242424242424242' }), 400, 'card_data_refused'],
    ['with card data in another field', () => pay(placed(), { card_number: '4242424242424242' }), 400, 'validation'],
    ['by an unknown method', () => pay(placed(), { payment_method: 'cheque' }), 400, 'validation'],
    ['with a negative amount', () => pay(placed(), { amount: -1 }), 400, 'validation'],
    ['without an access token', () => send('POST', '/api/payments', '{', {}), 401, 'token_required'],
  ])('%s', async (_, attempt, status, code) => {
    const before = await payments()
    const answer = await attempt()
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code: code === 'validation' ? answer.body.code : code })
    // The id of a request is random, and may contain these digits.
    const { request_id, ...shown } = answer.body
    expect(JSON.stringify(shown)).not.toContain('4242')
    expect(await payments()).toEqual(before)
  })
})

describe('an order has one live payment', () => {
  test('when twenty are requested at once, and is charged once', async () => {
    const id = placed()
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(id)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(new Set(['payment_in_progress']))
    const rows = await sql.db.selectFrom('payments').select('id').where('order_id', '=', id).execute()
    const charges = await sql.db
      .selectFrom('sandbox_charges')
      .select('id')
      .where(
        'payment_id',
        'in',
        rows.map(row => row.id),
      )
      .execute()
    expect({ rows: rows.length, charges: charges.length }).toEqual({ rows: 1, charges: 1 })
  })

  test('even when the order service grants every claim', async () => {
    const id = placed()
    const attempts = Array.from({ length: 8 }, async () => {
      shop.releaseClaim(id)
      return pay(id)
    })
    const first = await Promise.all(attempts)
    shop.releaseClaim(id)
    const last = await pay(id)
    expect([...first, last].filter(({ status }) => status === 201)).toHaveLength(1)
    expect(last.body.code).toBe('payment_in_progress')
  })

  test('when one keyed request is sent ten times at once, and all answers name it', async () => {
    const id = placed()
    const answers = await Promise.all(Array.from({ length: 10 }, () => pay(id, {}, { 'idempotency-key': 'at-once' })))
    const { body } = await pay(id, {}, { 'idempotency-key': 'at-once' })
    for (const answer of answers)
      if (answer.status === 201) expect(answer.body).toEqual(body)
      else expect([answer.status, answer.body.code]).toEqual([409, 'request_in_progress'])
    expect(await sql.db.selectFrom('payments').select('id').where('order_id', '=', id).execute()).toEqual([{ id: body.id }])
  })

  test('when a keyed request is repeated, which gets the first answer again', async () => {
    const id = placed()
    const first = await pay(id, {}, { 'idempotency-key': 'k-1' })
    const again = await pay(id, {}, { 'idempotency-key': 'k-1' })
    expect(again.body).toEqual(first.body)
    expect({ status: again.status, replayed: again.headers.get('idempotent-replayed') }).toEqual({ status: 201, replayed: 'true' })
    expect((await pay(id, { amount: 1 }, { 'idempotency-key': 'k-1' })).status).toBe(422)
  })
})

describe('payments are shown', () => {
  test('only to their own user, and all of them to admins', async () => {
    const mine = await shop.paid()
    const stranger = await shop.as(99)
    for (const path of [
      `/api/payments/${mine.id}`,
      `/api/payments/${mine.id}/status`,
      `/api/payments/order/${mine.order_id}`,
      `/api/payments/${mine.id}/refunds`,
    ])
      expect([(await send('GET', path)).status, (await send('GET', path, undefined, stranger)).status]).toEqual([200, 404])
    expect((await send('GET', '/api/payments', undefined, stranger)).body.total).toBe(0)
    expect((await send('GET', '/api/payments?limit=1', undefined, shop.admin)).body.items[0].id).toBe(mine.id)
  })

  test('in pages, each once', async () => {
    const listed: number[] = []
    for (let cursor = ''; ; ) {
      const { body } = await send('GET', `/api/payments?limit=4${cursor && `&cursor=${cursor}`}`)
      listed.push(...body.items.map((one: { id: number }) => one.id))
      if (!body.next_cursor) break
      cursor = body.next_cursor
    }
    expect(listed).toEqual([...new Set(listed)].sort((a, b) => b - a))
    expect(listed.length).toBe((await send('GET', '/api/payments')).body.total)
  })

  test('no request of this file caused an internal error', () => expect(shop.failures).toEqual([]))
})
