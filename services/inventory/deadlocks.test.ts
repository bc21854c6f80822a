import { afterAll, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import type { Message } from '#shared/event'
import { deliverTo } from '#shared/testing'
import { compose } from './compose'
import { inventoryHandlers } from './events'
import { became, cancelled, inAnHour, noDrift, placed, returned, testInventory, updated } from './testing'

const inventory = await testInventory()
afterAll(() => inventory.drop())

/** InnoDB counts the deadlocks of the whole server, and nothing that runs beside this test meets one. */
const deadlocks = async () => {
  const counter = raw<{ count: number }>`select count from information_schema.innodb_metrics where name = 'lock_deadlocks'`
  return (await counter.execute(inventory.sql.db)).rows[0]?.count
}

/** The same numbers in every run. */
const numbers = (seed: number) => () => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31
  return seed / 2 ** 31
}

test('64 lanes of orders, returns, corrections and sweeps on 12 SKUs, on two instances, meet no deadlock', async () => {
  const sql = await inventory.open()
  const warn = (fields: unknown) => void inventory.warnings.push(fields)
  const other = compose({ sql, log: { warn } })
  const deliverToOther = deliverTo(inventoryHandlers(other))
  const products = await Promise.all(
    Array.from({ length: 4 }, (_, p) => inventory.stocked({ [`HOT-${p}A`]: 5000, [`HOT-${p}B`]: 5000, [`HOT-${p}C`]: 5000 })),
  )
  const skus = products.flatMap(product => product.skus.map(sku => ({ product, sku })))
  const before = await deadlocks()
  expect(before).toBeNumber()

  let orders = 0
  const lane = async (n: number) => {
    const random = numbers(n + 1)
    const some = (count: number) =>
      Array.from({ length: count }, () => skus[Math.floor(random() * skus.length)]).filter(one => one !== undefined)
    const deliver = (message: Message) => (random() < 0.5 ? inventory.deliver(message) : deliverToOther(message))
    for (let round = 0; round < 4; round++) {
      const id = ++orders
      const lines = some(3).map(({ product, sku }) => product.line(1, sku))
      const [first] = lines
      if (!first) continue
      await deliver(placed(id, lines, { expires: random() < 0.2 ? new Date() : inAnHour() }))
      await deliver(random() < 0.7 ? became(id, 'paid', lines) : cancelled(id, lines))
      if (random() < 0.3) await deliver(returned(id, id, [first]))
      if (random() < 0.1) await deliver(updated(first.product_id, products.find(({ id }) => id === first.product_id)?.skus ?? []))
      if (random() < 0.1) await inventory.send('POST', `/${first.product_id}/adjust`, { delta: 1, reason: 'found', sku: first.sku })
      if (random() < 0.1) await inventory.reservations.expire(new Date())
    }
  }
  await Promise.all(Array.from({ length: 64 }, (_, n) => lane(n)))

  expect(await deadlocks()).toBe(before)
  expect(await inventory.drift()).toEqual(noDrift)
  expect(inventory.warnings).toEqual([])
})
