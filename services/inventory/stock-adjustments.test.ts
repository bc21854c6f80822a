import { afterAll, describe, expect, test } from 'bun:test'
import { noDrift, placed, productId, testInventory } from './testing'

const inventory = await testInventory()
const { send, put, stocked, deliver, level } = inventory
afterAll(async () => {
  expect(await inventory.drift()).toEqual(noDrift)
  expect(inventory.failures).toEqual([])
  await inventory.drop()
})

const most = 2 ** 31 - 1
const anonymous = {}
const get = (id: string, headers: Record<string, string> = anonymous) => send('GET', `/${id}`, undefined, headers)
const adjust = (id: string, delta: number, more: object = {}) => send('POST', `/${id}/adjust`, { delta, reason: 'stocktaking', ...more })
const refusal = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code]

describe('a manual adjustment', () => {
  test('sets the quantity on hand and records the difference as a movement by its user', async () => {
    const { id, sku } = await stocked(10)
    const { status, body } = await put(id, 25)
    expect(status).toBe(200)
    expect(body).toMatchObject({ product_id: id, sku, warehouse: 'main', quantity: 25, reserved: 0, available: 25 })
    expect((await send('PUT', `/${id}`, { quantity: 25 })).body.quantity).toBe(25)
    const { body: movements } = await send('GET', `/${id}/movements`)
    expect(movements.items).toMatchObject([
      { delta: 15, kind: 'set', user_id: 7 },
      { delta: 10, kind: 'opening', user_id: null },
    ])
  })
  test('adds or subtracts, and records the reason', async () => {
    const { id } = await stocked(10)
    expect((await adjust(id, -4, { reason: 'damaged' })).body.quantity).toBe(6)
    expect((await adjust(id, 5, { warehouse: 'south' })).body).toMatchObject({ warehouse: 'south', quantity: 5 })
    expect((await send('GET', `/${id}/movements?limit=2`)).body).toMatchObject({
      total: 3,
      items: [
        { delta: 5, warehouse: 'south' },
        { delta: -4, kind: 'adjusted', reason: 'damaged' },
      ],
    })
  })
  test('counts once for each idempotency key', async () => {
    const { id, sku } = await stocked(10)
    const keyed = { ...(await inventory.as(7, 'admin')), 'idempotency-key': `adjust-${id}` }
    const adjustOnce = (delta: number) => send('POST', `/${id}/adjust`, { delta, reason: 'damaged' }, keyed)
    const [first, again] = [await adjustOnce(-1), await adjustOnce(-1)]
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await level(sku)).toEqual({ quantity: 9, reserved: 0 })
    expect((await adjustOnce(-2)).status).toBe(422)
  })
  test('needs a warehouse that exists; an administrator adds one', async () => {
    const { id, sku } = await stocked(10)
    for (const change of [() => put(id, 5, { warehouse: 'mian' }), () => adjust(id, 5, { warehouse: 'mian' })])
      expect(refusal(await change())).toEqual([400, 'unknown_warehouse'])
    expect(await level(sku)).toEqual({ quantity: 10, reserved: 0 })
    const added = await send('POST', '/warehouses', { name: 'west-2' })
    expect([added.status, added.body.name, added.headers.get('location')]).toEqual([201, 'west-2', '/api/inventory/warehouses'])
    expect((await put(id, 5, { warehouse: 'west-2' })).body).toMatchObject({ warehouse: 'west-2', quantity: 5 })
    expect(refusal(await send('POST', '/warehouses', { name: 'west-2' }))).toEqual([409, 'warehouse_exists'])
    expect(refusal(await send('GET', '/warehouses/mian'))).toEqual([404, 'warehouse_not_found'])
    expect((await send('GET', '/warehouses/west-2')).body).toEqual(added.body)
    const { body } = await send('GET', '/warehouses')
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['east', 'main', 'north', 'south', 'west-2'])
  })
  test('of a threshold honours If-Match too', async () => {
    const { id } = await stocked(10)
    const tag = (await get(id)).headers.get('etag') ?? ''
    const set = async (threshold: number) =>
      send('PUT', `/${id}/threshold`, { threshold }, { ...(await inventory.as(7, 'admin')), 'if-match': tag })
    expect((await set(3)).status).toBe(200)
    expect((await set(4)).status).toBe(412)
  })
  test('must name the SKU if the product has several', async () => {
    const { id } = await stocked({ 'M-1': 1, 'M-2': 2 })
    expect(refusal(await put(id, 5))).toEqual([400, 'sku_required'])
    expect(refusal(await adjust(id, 5))).toEqual([400, 'sku_required'])
    expect(refusal(await send('PUT', `/${id}/threshold`, { threshold: 5 }))).toEqual([400, 'sku_required'])
    expect((await put(id, 5, { sku: 'M-2' })).body).toMatchObject({ sku: 'M-2', quantity: 5 })
    expect(refusal(await put(id, 5, { sku: 'M-3' }))).toEqual([404, 'stock_not_found'])
    expect(refusal(await put(productId(0xdead), 5))).toEqual([404, 'stock_not_found'])
  })
  test('is refused if the stock has changed since it was read', async () => {
    const { id } = await stocked({ 'I-1': 1, 'I-2': 2 })
    const admin = await inventory.as(7, 'admin')
    const putIf = (tag: string | null, quantity: number) =>
      send('PUT', `/${id}`, { quantity, sku: 'I-1' }, { ...admin, 'if-match': tag ?? '' })
    const read = (await get(id)).headers.get('etag')
    expect((await putIf(read, 5)).status).toBe(200)
    expect((await putIf(read, 6)).status).toBe(412)
    expect(
      (await send('POST', `/${id}/adjust`, { delta: 1, reason: 'found', sku: 'I-1' }, { ...admin, 'if-match': read ?? '' })).status,
    ).toBe(412)
    expect((await putIf((await get(id)).headers.get('etag'), 6)).status).toBe(200)
    expect((await putIf('*', 7)).status).toBe(200)
    const tag = (await get(id)).headers.get('etag')
    const racing = await Promise.all([1, 2, 3, 4].map(n => putIf(tag, 10 + n)))
    expect(racing.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
  })
  test('cannot remove pieces that are reserved or not there', async () => {
    const { id, sku, line } = await stocked(10)
    await deliver(placed(2, [line(4)]))
    expect(refusal(await put(id, 3))).toEqual([409, 'reserved_stock'])
    expect(refusal(await adjust(id, -7))).toEqual([409, 'reserved_stock'])
    expect(refusal(await adjust(id, -11))).toEqual([409, 'not_enough_stock'])
    expect(refusal(await adjust(id, -1, { warehouse: 'south' }))).toEqual([409, 'not_enough_stock'])
    expect((await put(id, 4)).status).toBe(200)
    expect(await level(sku)).toEqual({ quantity: 4, reserved: 4 })
    expect((await get(id)).body.items).toHaveLength(1)
  })
  test('cannot exceed the largest quantity of a SKU over all warehouses', async () => {
    const { id, sku } = await stocked(10)
    expect((await put(id, most)).status).toBe(200)
    expect(refusal(await adjust(id, 1))).toEqual([409, 'too_much_stock'])
    expect(refusal(await put(id, 1, { warehouse: 'north' }))).toEqual([409, 'too_much_stock'])
    expect(await level(sku)).toEqual({ quantity: most, reserved: 0 })
  })
  test('is not lost when many are made at once', async () => {
    const { id, sku } = await stocked(0)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => adjust(id, 1, { warehouse: ['main', 'north', 'south', 'east'][i % 4] })),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await level(sku)).toEqual({ quantity: 20, reserved: 0 })
  })
})

test('a threshold belongs to a SKU', async () => {
  const { id, sku } = await stocked(10)
  const { status, body } = await send('PUT', `/${id}/threshold`, { threshold: 10 })
  expect([status, body]).toEqual([200, { product_id: id, sku, quantity: 10, reserved: 0, available: 10, threshold: 10 }])
  expect((await send('GET', '/low-stock?limit=100')).body.items).toContainEqual(body)
})
