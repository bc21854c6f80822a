import { afterAll, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { orderFacts } from './order-facts'
import { testTax } from './testing'

const tax = await testTax()
afterAll(() => tax.drop())

/** InnoDB counts the deadlocks of the whole server, and nothing that runs beside this test meets one. */
const deadlocks = async () => {
  const counter = raw<{ count: number }>`select count from information_schema.innodb_metrics where name = 'lock_deadlocks'`
  return (await counter.execute(tax.sql.db)).rows[0]?.count
}

test('events about the same orders that wait together, in opposite order on two instances, meet no deadlock', async () => {
  const other = orderFacts(await tax.open())
  const ids = Array.from({ length: 60 }, (_, i) => i + 1)
  const before = await deadlocks()
  expect(before).toBeNumber()
  for (const day of [9, 8, 7, 6, 5])
    await Promise.all([
      ...ids.map(orderId => tax.addOrderFact({ orderId, soldAt: new Date(Date.UTC(2026, 0, day)) })),
      ...ids.toReversed().map(orderId => other({ orderId, unsold: true })),
    ])
  expect(await deadlocks()).toBe(before)
  const rows = await tax.sql.db.selectFrom('orders').select(['unsold', 'paid_at']).execute()
  expect(rows).toEqual(ids.map(() => ({ unsold: 1, paid_at: new Date(Date.UTC(2026, 0, 5)) })))
})
