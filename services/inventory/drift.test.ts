import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { inventoryDrift } from './drift'
import { inAnHour, placed, type TestInventory, testInventory } from './testing'

let inventory: TestInventory
beforeAll(async () => {
  inventory = await testInventory()
})
afterAll(() => inventory.drop())

const ask = async (since = new Date(0), until = inAnHour()) => {
  const query = `since=${since.toISOString()}&until=${until.toISOString()}`
  return (await inventory.send('GET', `/internal/drift?${query}`, undefined, await inventory.asService('discovery'))).body
}
const none = { count: 0, examples: [] }
const run = (statement: string, ...values: unknown[]) => {
  const parts = statement.split('?')
  return raw
    .join(
      parts.flatMap((part, i) => (i < values.length ? [raw.raw(part), raw.val(values[i])] : [raw.raw(part)])),
      raw.raw(''),
    )
    .execute(inventory.sql.db)
}

describe('drift', () => {
  test('is zero while the records agree, and comes with the available stock of SKUs that changed in the window', async () => {
    const { sku, line } = await inventory.stocked(10)
    await inventory.deliver(placed(1, [line(3)]))
    expect(await ask()).toEqual({ movements: none, shelves: none, reserved: none, stock: { [sku]: 7 } })
    expect((await ask(new Date(0), new Date(1))).stock).toEqual({})
  })

  const breaks: [relation: string, how: string][] = [
    ['movements', 'delete from movements where sku = ?'],
    ['shelves', 'update stock set quantity = quantity + 1 where sku = ?'],
    ['shelves', 'update stock set reserved = reserved - 1 where sku = ?'],
    ['reserved', 'update reservation_lines set quantity = quantity + 1 where sku = ?'],
    ['reserved', "update reservations set state = 'expired' where order_id in (select order_id from reservation_lines where sku = ?)"],
  ]
  test.each(breaks)('names the SKU whose %s disagree: %s', async (relation, how) => {
    const { sku, line } = await inventory.stocked(10)
    const { sku: unchanged } = await inventory.stocked(10)
    await inventory.deliver(placed(Math.floor(Math.random() * 1e9) + 10, [line(3)]))
    const before = await ask()
    await run(how, sku)
    const { stock, ...relations } = await ask()
    const changed = Object.entries(relations).filter(([name, found]) => !Bun.deepEquals(found, before[name]))
    expect(changed.map(([name]) => name)).toEqual([relation])
    expect(relations[relation].examples).toContain(sku)
    expect(relations[relation].examples).not.toContain(unchanged)
    expect(relations[relation].count).toBe(before[relation].count + 1)
  })

  test('sums the movements of a SKU from its last checkpoint on', async () => {
    const drift = inventoryDrift({ sql: inventory.sql, checkpointAfter: 3 })
    const movementsOf = async () => (await drift(new Date(0), inAnHour())).movements.examples
    const { id, sku } = await inventory.stocked(10)
    const checkpoint = () => inventory.sql.db.selectFrom('movement_checkpoints').selectAll().where('sku', '=', sku).executeTakeFirst()
    await inventory.put(id, 8)
    expect(await movementsOf()).not.toContain(sku)
    expect(await checkpoint()).toBeUndefined()
    await inventory.put(id, 12)
    await movementsOf()
    expect(await checkpoint()).toMatchObject({ quantity: 12 })

    // What is before the checkpoint is not read any more.
    await run('delete from movements where sku = ?', sku)
    await inventory.put(id, 9)
    expect(await movementsOf()).not.toContain(sku)
    await run('update movements set delta = delta - 1 where sku = ?', sku)
    expect(await movementsOf()).toContain(sku)
  })
})
