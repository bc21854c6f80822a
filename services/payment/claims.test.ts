import { afterAll, describe, expect, test } from 'bun:test'
import { day, minute } from '#shared/time'
import { testPayments } from './testing'

const shop = await testPayments({ terms: { readyMs: 100 } })
const { pay, placed, get, sql } = shop
afterAll(() => shop.drop())

const reservedIds = () => sql.db.selectFrom('payment_numbers').selectAll().execute()
const repeated = { 'idempotency-key': 'again' }

describe('a claim', () => {
  test('whose answer is lost is found again by the same Idempotency-Key', async () => {
    const id = placed({ isDown: true })
    expect((await pay(id, { payment_method: 'bank_transfer' }, repeated)).status).toBe(503)
    const claimedBy = shop.order(id).claimedBy
    expect(claimedBy).toBeNumber()
    Object.assign(shop.order(id), { isDown: false })
    const { status, body } = await pay(id, { payment_method: 'bank_transfer' }, repeated)
    expect([status, body.id, body.status]).toEqual([201, claimedBy, 'pending'])
  })
  test('whose answer is lost is released, and a request without a key may follow', async () => {
    const id = placed({ losesClaims: true })
    expect((await pay(id)).status).toBe(503)
    expect(shop.order(id).claimedBy).toBeUndefined()
    Object.assign(shop.order(id), { losesClaims: false })
    expect((await pay(id)).body.status).toBe('completed')
  })
  test('is released when the payment cannot be stored', async () => {
    const id = placed()
    await shop.receive(shop.orderEvents.cancelled(id))
    expect((await pay(id)).body.code).toBe('order_not_payable')
    expect(shop.order(id).claimedBy).toBeUndefined()
  })
  test('that is refused leaves nothing behind, however often it is tried', async () => {
    const before = await reservedIds()
    for (const attempt of [() => pay(987_654), () => pay(987_654, {}, repeated), () => pay(placed({ status: 'pending' }))])
      expect((await attempt()).status).toBeGreaterThanOrEqual(404)
    expect(await reservedIds()).toEqual(before)
  })
  test('leaves its id reserved for a day, so that a repetition finds it', async () => {
    await pay(placed())
    await shop.claims.forgetOldIds()
    expect(await reservedIds()).not.toEqual([])
    const last = (await pay(placed())).body.id
    await shop.claims.forgetOldIds(new Date(Date.now() + day + minute))
    expect(await reservedIds()).toEqual([])
    expect((await pay(placed())).body.id).toBe(last + 1)
  })
})

test('all old ids are forgotten, however many there are', async () => {
  for (let n = 0; n < 5; n++) await pay(placed())
  await shop.claims.forgetOldIds(new Date(Date.now() + day + minute), 2)
  expect(await reservedIds()).toEqual([])
})

describe('the order of a stored payment', () => {
  test('is held for days by a transfer, and for minutes by 3-D Secure', async () => {
    const [transfer, card] = [placed(), placed()]
    await pay(transfer, { payment_method: 'bank_transfer' })
    await pay(card, { payment_token: 'tok_3ds' })
    expect(shop.order(transfer).heldMs).toBeWithin(3 * day - minute, 3 * day + 1)
    expect(shop.order(card).heldMs).toBeWithin(9 * minute, 10 * minute + 1)
  })
  test('is not held when there is nothing to wait for', async () => {
    for (const fields of [{}, { payment_token: 'tok_decline' }, { payment_method: 'cash_on_delivery' }]) {
      const id = placed()
      await pay(id, fields)
      await shop.holds.sweep(new Date(Date.now() + minute))
      expect(shop.order(id).heldMs).toBeUndefined()
    }
  })
  test('is held by the sweep when the order service did not answer', async () => {
    const id = placed({ refusesHolds: true })
    expect((await pay(id, { payment_method: 'bank_transfer' })).status).toBe(201)
    await shop.holds.sweep(new Date(Date.now() + minute))
    expect(shop.order(id).heldMs).toBeUndefined()
    Object.assign(shop.order(id), { refusesHolds: false })
    await shop.holds.sweep(new Date(Date.now() + 2 * minute))
    expect(shop.order(id).heldMs).toBeGreaterThan(2 * day)
  })
  test('that changed before it was held is not paid by the payment, which is voided', async () => {
    const id = placed({ refusesHolds: true })
    const { body } = await pay(id, { payment_token: 'tok_3ds' })
    Object.assign(shop.order(id), { refusesHolds: false, total: 3600 })
    await shop.holds.sweep(new Date(Date.now() + minute))
    await shop.sweep()
    expect((await get(body.id)).status).toBe('voided')
  })
})
