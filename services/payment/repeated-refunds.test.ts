import { afterAll, expect, test } from 'bun:test'
import { eventually, untilLockWaits } from '#shared/testing'
import { lockPayment, type PaymentKey } from './payment-rows'
import { testPayments } from './testing'

const shop = await testPayments()
const { paid, send, get, sql, admin } = shop
afterAll(() => shop.drop())

/** Holds the payment's lock until the answer is called. */
const lock = async (key: PaymentKey) => {
  const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = sql.transaction(async trx => {
    await lockPayment(trx, key)
    held.resolve()
    await released.promise
  })
  await held.promise
  return async () => {
    released.resolve()
    await holding
  }
}
/** The leases of keys that requests hold now. */
const leases = () => sql.kernel.selectFrom('idempotency_keys').select('id').where('lease_until', '>', new Date()).execute()

test('a request that is taken over while it waits, and the one that took it over, make one refund', async () => {
  const payment = await paid()
  const refund = () => send('POST', `/api/payments/${payment.id}/refunds`, { amount: 5 }, { ...admin, 'idempotency-key': 'slow' })
  const release = await lock(payment)
  const first = refund()
  await eventually(async () => (await leases()).length === 1)
  // As if the first request's process stood still.
  await sql.kernel
    .updateTable('idempotency_keys')
    .set({ lease_until: new Date(0) })
    .execute()
  const second = refund()
  await eventually(async () => (await leases()).length === 1)
  await untilLockWaits(sql.db, 2)
  await release()
  expect([(await first).body.code, (await second).status]).toEqual(['request_in_progress', 201])
  expect(await sql.db.selectFrom('refunds').select('amount').where('payment_id', '=', payment.id).execute()).toEqual([{ amount: 500 }])
  expect((await get(payment.id)).refunded_amount).toBe(5)
})
