import { afterAll, describe, expect, test } from 'bun:test'
import { became, cancelled, created, deleted, noDrift, placed, productId, returned, testInventory, updated } from './testing'

const inventory = await testInventory()
const { sql, deliver, level, eventsOf, send, stateOf } = inventory
afterAll(async () => {
  expect(await inventory.drift()).toEqual(noDrift)
  expect(inventory.failures).toEqual([])
  await inventory.drop()
})

let made = 500
const nextProduct = () => productId(++made)
const line = (product_id: string, sku: string, quantity = 1) => ({ product_id, sku, quantity })
const movementsOf = async (id: string) => (await send('GET', `/${id}/movements`)).body.items
const skuRow = (sku: string) => sql.db.selectFrom('skus').selectAll().where('sku', '=', sku).executeTakeFirstOrThrow()

describe('a product of the catalog', () => {
  test('has the opening stock of each SKU counted once', async () => {
    const id = nextProduct()
    const message = created(id, { 'B-1': 25, 'B-2': 0 })
    await Promise.all([deliver(message), deliver(message), deliver(created(id, { 'B-1': 25, 'B-2': 0 }))])
    const { body } = await send('GET', `/${id}`, undefined, {})
    expect(body).toMatchObject({ product_id: id, quantity: 25, reserved: 0, available: 25 })
    expect(body.items.map((item: { sku: string; warehouse: string }) => [item.sku, item.warehouse])).toEqual([
      ['B-1', 'main'],
      ['B-2', 'main'],
    ])
    expect(await movementsOf(id)).toMatchObject([{ sku: 'B-1', delta: 25, kind: 'opening', order_id: null, user_id: null }])
    expect((await eventsOf('B-1')).map(({ type, aggregate, data }) => [type, aggregate.version, data.available])).toEqual([
      ['inventory.updated', 1, 25],
    ])
  })

  test('has its opening stock counted even if its update arrives before its creation', async () => {
    const id = nextProduct()
    await deliver(updated(id, ['C-1', 'C-3'], { version: 2 }))
    expect((await send('GET', `/${id}`, undefined, {})).status).toBe(404)
    expect((await inventory.put(id, 5, { sku: 'C-1' })).status).toBe(404)
    await deliver(created(id, { 'C-1': 5, 'C-2': 6 }))
    expect([await level('C-1'), await level('C-2'), await level('C-3')]).toEqual([
      { quantity: 5, reserved: 0 },
      { quantity: 6, reserved: 0 },
      { quantity: 0, reserved: 0 },
    ])
    expect((await skuRow('C-2')).archived).toBe(1)
    expect((await send('GET', `/${id}`, undefined, {})).body.available).toBe(5)
  })

  test('sells no SKU that an update removed, until a later update brings it back', async () => {
    const id = nextProduct()
    await deliver(created(id, { 'D-1': 5, 'D-2': 5 }), updated(id, ['D-1'], { version: 3 }), updated(id, ['D-1', 'D-2'], { version: 2 }))
    await deliver(placed(1, [line(id, 'D-2')]))
    expect(await stateOf(1)).toBe('rejected')
    const check = () => send('POST', '/check', { items: [line(id, 'D-2')] }, {})
    expect((await check()).body.available).toBe(false)
    expect((await send('GET', `/${id}`, undefined, {})).body).toMatchObject({ quantity: 5, items: [{ sku: 'D-1' }] })
    const tag = async () => (await send('GET', `/${id}`, undefined, {})).headers.get('etag')
    const before = await tag()
    await deliver(updated(id, ['D-1', 'D-2'], { version: 4 }))
    expect(await tag()).not.toBe(before)
    expect((await check()).body.available).toBe(true)
    await deliver(placed(2, [line(id, 'D-2')]))
    expect(await stateOf(2)).toBe('reserved')
  })

  test('is sold again with the stock that it has once it is taken back, in whatever order the messages come', async () => {
    for (const [index, late] of [false, true].entries()) {
      const [id, sku] = [nextProduct(), `BACK-${index}`]
      const [gone, back] = [deleted(id, [sku], { version: 2 }), updated(id, [sku], { version: 3 })]
      await deliver(created(id, { [sku]: 5 }), ...(late ? [back, gone] : [gone, back]))
      expect((await send('POST', '/check', { items: [line(id, sku, 5)] }, {})).body.available).toBe(true)
      expect((await eventsOf(sku)).at(-1)?.data.available).toBe(5)
    }
  })

  test('is still delivered to an order that reserved it before it was deleted', async () => {
    const id = nextProduct()
    await deliver(created(id, { 'E-1': 5 }), placed(3, [line(id, 'E-1', 2)]), deleted(id, ['E-1']), became(3, 'paid', [line(id, 'E-1', 2)]))
    expect(await stateOf(3)).toBe('committed')
    expect(await level('E-1')).toEqual({ quantity: 3, reserved: 0 })
  })

  test('cannot be reserved once deleted, even if its deletion arrives before its creation', async () => {
    const [last, first] = [nextProduct(), nextProduct()]
    await deliver(created(last, { 'F-1': 5 }), deleted(last, ['F-1'], { version: 2 }))
    await deliver(deleted(first, ['F-2'], { version: 2 }), created(first, { 'F-2': 5 }))
    await deliver(placed(4, [line(last, 'F-1')]), placed(5, [line(first, 'F-2')]))
    expect([await stateOf(4), await stateOf(5)]).toEqual(['rejected', 'rejected'])
    expect([await level('F-1'), await level('F-2')]).toEqual([
      { quantity: 5, reserved: 0 },
      { quantity: 5, reserved: 0 },
    ])
    expect((await send('GET', `/${last}`, undefined, {})).body.quantity).toBe(5)
  })

  test('does not take a SKU from another product', async () => {
    const [owner, other] = [nextProduct(), nextProduct()]
    await deliver(created(owner, { 'G-1': 5 }), created(other, { 'G-1': 50 }))
    expect(await level('G-1')).toEqual({ quantity: 5, reserved: 0 })
    expect((await skuRow('G-1')).product_id).toBe(owner)
  })
})

describe('the level of a SKU', () => {
  test('is published with each change, under the next version', async () => {
    const { line, sku } = await inventory.stocked(20)
    await deliver(placed(11, [line(3)]), became(11, 'paid', [line(3)]), placed(12, [line(16)]))
    expect(
      (await eventsOf(sku)).map(({ type, aggregate: { version }, data: { quantity, reserved, available, previous } }) => [
        ...[type, version, quantity, reserved, available],
        ...(previous === undefined ? [] : [`was ${previous}`]),
      ]),
    ).toEqual([
      ['inventory.updated', 1, 20, 0, 20],
      ['inventory.updated', 2, 20, 3, 17, 'was 20'],
      ['inventory.updated', 3, 17, 0, 17, 'was 17'],
      ['inventory.updated', 4, 17, 16, 1, 'was 17'],
      ['inventory.low', 4, 17, 16, 1],
    ])
  })
  test('is published as low when it crosses its threshold, not while it stays below', async () => {
    const { id, sku, line } = await inventory.stocked(20)
    const lows = async () => (await eventsOf(sku)).filter(({ type }) => type === 'inventory.low').map(({ data }) => data.available)
    const isListed = async () => (await send('GET', '/low-stock?limit=100')).body.items.some((item: { sku: string }) => item.sku === sku)
    await send('PUT', `/${id}/threshold`, { threshold: 10 })
    await deliver(placed(21, [line(9)]))
    expect([await lows(), await isListed()]).toEqual([[], false])
    await deliver(placed(22, [line(1)]), placed(23, [line(1)]))
    expect([await lows(), await isListed()]).toEqual([[10], true])
    await inventory.put(id, 50)
    expect(await isListed()).toBe(false)
    await inventory.put(id, 12)
    expect(await lows()).toEqual([10, 1])
    await inventory.put(id, 50)
    await send('PUT', `/${id}/threshold`, { threshold: 45 })
    expect([await lows(), await isListed()]).toEqual([[10, 1, 39], true])
    await deliver(deleted(id, [sku]))
    expect(await isListed()).toBe(false)
  })
})

describe('a return', () => {
  test('is restocked once, in the warehouse that the goods left', async () => {
    const { id, line, sku } = await inventory.stocked(0)
    await inventory.put(id, 5, { warehouse: 'north' })
    const lines = [line(3)]
    await deliver(placed(31, lines), became(31, 'paid', lines))
    const message = returned(31, 71, [line(1), line(1)])
    await Promise.all([deliver(message), deliver(message), deliver(returned(31, 71, [line(2)])), deliver(returned(31, 72, [line(1)]))])
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect((await send('GET', `/${id}`, undefined, {})).body.items).toMatchObject([
      { warehouse: 'main', quantity: 0 },
      { warehouse: 'north', quantity: 5 },
    ])
    expect((await movementsOf(id)).map((item: { kind: string }) => item.kind).sort()).toEqual(['committed', 'returned', 'returned', 'set'])
  })
  test('goes back to each of the warehouses that the goods came from, or to the one that it names, and is not restocked twice', async () => {
    const { id, line, sku } = await inventory.stocked(2)
    await inventory.put(id, 3, { warehouse: 'north' })
    const quantities = async () =>
      (await send('GET', `/${id}`, undefined, {})).body.items.map((item: { quantity: number }) => item.quantity)
    await deliver(placed(41, [line(5)]), became(41, 'paid', [line(5)]))
    await deliver(returned(41, 81, [{ ...line(1), warehouse: 'north' }]))
    expect(await quantities()).toEqual([0, 1])
    await deliver(returned(41, 82, [line(3)]))
    expect(await quantities()).toEqual([2, 2])
    await deliver(cancelled(41, [line(5)]))
    expect(await quantities()).toEqual([2, 3])
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
  })
  test('of an unknown SKU is on hand, and off sale until its product arrives', async () => {
    const id = nextProduct()
    await deliver(returned(32, 73, [line(id, 'R-1', 2)]))
    expect(await level('R-1')).toEqual({ quantity: 2, reserved: 0 })
    await deliver(placed(33, [line(id, 'R-1')]))
    expect(await stateOf(33)).toBe('waiting')
    await deliver(created(id, { 'R-1': 5 }))
    expect(await level('R-1')).toEqual({ quantity: 7, reserved: 0 })
  })
  test('of a SKU that was removed meanwhile puts nothing on sale', async () => {
    const id = nextProduct()
    await deliver(updated(id, ['R-3'], { version: 2 }), returned(34, 74, [line(id, 'R-2')]), created(id, { 'R-2': 5, 'R-3': 5 }))
    expect(await level('R-2')).toEqual({ quantity: 6, reserved: 0 })
    await deliver(placed(35, [line(id, 'R-2')]))
    expect(await stateOf(35)).toBe('rejected')
  })
})
