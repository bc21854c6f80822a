import { afterAll, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { orderFacts } from './order-facts'
import { testPayments } from './testing'

const payments = await testPayments()
afterAll(() => payments.drop())

/** InnoDB counts the deadlocks of the whole server, and nothing that runs beside this test meets one. */
const deadlocks = async () => {
  const counter = raw<{ count: number }>`select count from information_schema.innodb_metrics where name = 'lock_deadlocks'`
  return (await counter.execute(payments.sql.db)).rows[0]?.count
}

test('events about the same orders that wait together, in opposite order on two instances, meet no deadlock', async () => {
  const addElsewhere = orderFacts(await payments.open())
  const { returned, cancelled } = payments.orderEvents
  const ids = Array.from({ length: 60 }, (_, i) => i + 1)
  const before = await deadlocks()
  expect(before).toBeNumber()
  for (let round = 0; round < 5; round++)
    await Promise.all([
      ...ids.map(id =>
        payments.addOrderFact(returned(id, 1000 * round + id, 1), { orderId: id, returned: { id: 1000 * round + id, amount: 1 } }),
      ),
      ...ids.toReversed().map(id => addElsewhere(cancelled(id), { orderId: id, cancelled: true })),
    ])
  expect(await deadlocks()).toBe(before)
  expect(await payments.sql.db.selectFrom('returns').select('order_id').execute()).toHaveLength(300)
  const rows = await payments.sql.db.selectFrom('orders').select('cancelled').execute()
  expect(rows).toEqual(ids.map(() => ({ cancelled: 1 })))
})
