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
const refusal = ({ status, body }: { status: number; body: { code: string } }) => [status, body.code]

describe('the stock of a product', () => {
  test('is public, per warehouse and in total', async () => {
    const { id, sku, line } = await stocked(10)
    await put(id, 4, { warehouse: 'north' })
    await deliver(placed(1, [line(3)]))
    const { status, body } = await get(id)
    expect(status).toBe(200)
    expect(body).toMatchObject({ product_id: id, quantity: 14, reserved: 3, available: 11 })
    expect(body.items).toEqual([
      expect.objectContaining({ product_id: id, sku, warehouse: 'main', quantity: 10, reserved: 3, available: 7, id: expect.any(Number) }),
      expect.objectContaining({ warehouse: 'north', quantity: 4, reserved: 0, available: 4, updated_at: expect.stringMatching(/Z$/) }),
    ])
  })
  test('has an ETag that stays valid until any of its SKUs changes', async () => {
    const { id, skus } = await stocked({ 'T-1': 1, 'T-2': 1 })
    const tag = (await get(id)).headers.get('etag') ?? ''
    expect((await get(id, { 'if-none-match': tag })).status).toBe(304)
    await put(id, 9, { sku: skus[1] })
    expect((await get(id, { 'if-none-match': tag })).status).toBe(200)
  })
  test('is never older than its ETag, which would keep it for as long as nothing else changes', async () => {
    const { id } = await stocked(0)
    const admin = await inventory.as(7, 'admin')
    const versionOf = ({ headers }: Awaited<ReturnType<typeof get>>) => Number(/\d+/.exec(headers.get('etag') ?? ''))
    const opened = versionOf(await get(id))
    let running = true
    const reads = Array.from({ length: 4 }, async () => {
      const found: Awaited<ReturnType<typeof get>>[] = []
      while (running) found.push(await get(id))
      return found
    })
    for (let n = 0; n < 40; n++) await send('POST', `/${id}/adjust`, { delta: 1, reason: 'found' }, admin)
    running = false
    for (const one of (await Promise.all(reads)).flat()) expect(one.body.quantity).toBeGreaterThanOrEqual(versionOf(one) - opened)
  })
  test('is not found for an unknown product', async () => {
    expect(refusal(await get(productId(0xdead)))).toEqual([404, 'stock_not_found'])
    expect((await get('507F1F77BCF86CD799439011')).status).toBe(400)
  })
})

test('favourite may ask what is available of each SKU of products, with the version of its last event, and nobody else may', async () => {
  const { id, skus } = await stocked({ 'L-1': 3, 'L-2': 0 })
  await put(id, 9, { sku: skus[1] })
  await deliver(placed(2, [{ product_id: id, sku: 'L-1', quantity: 1 }]))
  const ask = async (caller: 'favourite' | 'order') =>
    send('POST', '/internal/levels', { product_ids: [id, productId(0xdead)] }, await inventory.asService(caller))
  const { body } = await ask('favourite')
  const published = (await inventory.published('inventory.updated')).filter(({ data }) => Object(data).product_id === id)
  const newest = (sku: string) => published.findLast(({ aggregate }) => aggregate.id === sku)
  expect(body.items.map(({ sku, available }: { sku: string; available: number }) => [sku, available])).toEqual([
    ['L-1', 2],
    ['L-2', 9],
  ])
  for (const { sku, version } of body.items) expect(version).toBe(newest(sku)?.aggregate.version)
  expect((await ask('order')).status).toBe(403)
})

describe('a check of availability', () => {
  const check = (items: unknown) => send('POST', '/check', { items }, anonymous)
  test('covers all lines, and sums those of one SKU', async () => {
    const { id, sku, line } = await stocked(5)
    const { id: other } = await stocked({ 'K-1': 1, 'K-2': 1 })
    await deliver(placed(3, [line(1)]))
    expect((await check([line(2), { product_id: id, quantity: 2 }])).body).toEqual({
      available: true,
      items: [{ product_id: id, sku, quantity: 4, available: 4 }],
    })
    expect((await check([line(2), line(3)])).body.available).toBe(false)
    expect((await check([line(1), { product_id: other, quantity: 1 }])).body).toMatchObject({
      available: false,
      items: [{ available: 4 }, { product_id: other, sku: null, available: 0 }],
    })
    expect((await check([{ product_id: other, sku: 'K-2', quantity: 1 }])).body.available).toBe(true)
    expect((await check([{ product_id: productId(0xdead), quantity: 1 }])).body.available).toBe(false)
    expect((await check([{ product_id: id, quantity: most }])).body).toMatchObject({ available: false, items: [{ quantity: most }] })
  })
})

describe('lists', () => {
  test('of stock show all warehouses or one of them, page by page', async () => {
    const { id } = await stocked(1)
    for (const name of ['w-a', 'w-b', 'w-c']) {
      await send('POST', '/warehouses', { name })
      await put(id, 2, { warehouse: name })
    }
    const { id: next } = await stocked(1)
    await put(next, 3, { warehouse: 'w-a' })
    const whole = (await send('GET', '/?limit=100')).body
    expect(new Set(whole.items.map((item: { warehouse: string }) => item.warehouse)).size).toBeGreaterThan(3)
    expect((await send('GET', '/?warehouse=w-a')).body).toMatchObject({ total: 2, items: [{ product_id: id }, { product_id: next }] })

    const walked: unknown[] = []
    for (let cursor = '', step = 0; step < 100; step++) {
      const { body } = await send('GET', `/?limit=3${cursor}`)
      walked.push(...body.items)
      if (body.next_cursor === undefined) break
      cursor = `&cursor=${body.next_cursor}`
    }
    expect(walked).toEqual(whole.items)
    expect((await send('GET', '/?limit=2&skip=1')).body.items).toEqual(whole.items.slice(1, 3))
  })
  test('of movements and of low stock have cursors too', async () => {
    const { id } = await stocked({ 'Z-1': 1, 'Z-2': 2, 'Z-3': 3 })
    for (const list of [`/${id}/movements`, '/low-stock']) {
      const whole = (await send('GET', `${list}?limit=100`)).body
      const { body: first } = await send('GET', `${list}?limit=2`)
      const { body: second } = await send('GET', `${list}?limit=2&cursor=${first.next_cursor}`)
      expect([...first.items, ...second.items]).toEqual(whole.items.slice(0, 4))
      expect(first.total).toBe(whole.total)
      expect(refusal(await send('GET', `${list}?cursor=nonsense`))).toEqual([400, 'invalid_cursor'])
    }
    expect(refusal(await send('GET', '/?skip=10001'))).toEqual([400, 'use_cursor'])
  })
})

describe('access', () => {
  const guarded: [method: string, path: string, body: object | undefined][] = [
    ['GET', '/', undefined],
    ['GET', '/low-stock', undefined],
    ['PUT', `/${productId(1)}`, { quantity: 1 }],
    ['POST', `/${productId(1)}/adjust`, { delta: 1, reason: 'x' }],
    ['GET', `/${productId(1)}/movements`, undefined],
    ['PUT', `/${productId(1)}/threshold`, { threshold: 1 }],
    ['GET', '/warehouses', undefined],
    ['POST', '/warehouses', { name: 'east' }],
    ['GET', '/warehouses/main', undefined],
  ]
  test.each(guarded)('%s %s is for administrators, which is checked before the body is read', async (method, path, body) => {
    const customer = await inventory.as(5)
    expect((await send(method, path, body, anonymous)).status).toBe(401)
    expect((await send(method, path, body && '{nonsense', anonymous)).status).toBe(401)
    expect((await send(method, path, body && { strange: true }, customer)).status).toBe(403)
  })
  test('to the drift report is for discovery', async () => {
    const window = `?since=2026-01-01T00:00:00.000Z&until=2026-01-02T00:00:00.000Z`
    expect((await send('GET', `/internal/drift${window}`, undefined, anonymous)).status).toBe(401)
    expect((await send('GET', `/internal/drift${window}`, undefined, await inventory.asService('product'))).status).toBe(403)
    expect((await send('GET', `/internal/drift${window}`, undefined, await inventory.asService('discovery'))).status).toBe(200)
  })
})

describe('invalid input is refused and changes nothing:', () => {
  const amounts = [-1, 1.5, most + 1, 1e300, '5', null, true, { $ne: 1 }]
  test.each([...amounts])('a quantity of %p', async amount => {
    const { id, sku } = await stocked(3)
    expect((await send('PUT', `/${id}`, { quantity: amount })).status).toBe(400)
    expect((await send('PUT', `/${id}/threshold`, { threshold: amount })).status).toBe(400)
    expect((await send('POST', '/check', { items: [{ product_id: id, quantity: amount }] }, anonymous)).status).toBe(400)
    if (amount !== -1) expect((await send('POST', `/${id}/adjust`, { delta: amount, reason: 'x' })).status).toBe(400)
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
  })
  test('empty checks, empty adjustments, missing reasons, unknown fields, malformed warehouses', async () => {
    const { id } = await stocked(3)
    const refused: [string, string, unknown][] = [
      ['POST', '/check', { items: [{ product_id: id, quantity: 0 }] }],
      ['POST', '/check', { items: [] }],
      ['POST', '/check', { items: Array.from({ length: 101 }, () => ({ product_id: id, quantity: 1 })) }],
      ['POST', `/${id}/adjust`, { delta: 0, reason: 'x' }],
      ['POST', `/${id}/adjust`, { delta: 1 }],
      ['POST', `/${id}/adjust`, { delta: 1, reason: ' ' }],
      ['PUT', `/${id}`, { quantity: 1, reserved: 0 }],
      ['PUT', `/${id}`, { quantity: 1, warehouse: 'Über' }],
      ['PUT', `/${id}`, { quantity: 1, sku: "' or 1=1 --" }],
      ['GET', '/?warehouse=%27', undefined],
      ['GET', '/?limit=101', undefined],
      ['GET', '/?skip=-1', undefined],
    ]
    for (const [method, path, body] of refused) expect([path, body, (await send(method, path, body)).status]).toEqual([path, body, 400])
  })
})
