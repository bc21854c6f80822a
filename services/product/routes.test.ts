import { afterAll, describe, expect, test } from 'bun:test'
import { productCreated } from '#shared/catalog'
import { testProduct } from './testing'

const { admin, send, add, published, as, asService, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const sample = { name: 'Laptop', description: '...', price: 1500, category: 'Electronics', stock: 10, sku: 'LT-001' }
const eventsOf = async (id: string) => (await published()).filter(message => message.aggregate.id === id)

describe('a new product', () => {
  test('is returned as it will be shown, and published with its opening stock', async () => {
    const { status, headers, body } = await send('POST', '/products', sample)
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/api/products/${body.id}`)
    expect(body).toEqual({
      category_ids: [expect.any(String)],
      tax_class: 'standard',
      ...sample,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      currency: 'USD',
      attributes: {},
      images: [],
      tags: [],
      variants: [],
      status: 'active',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
    expect((await send('GET', `/products/${body.id}`, undefined, {})).body).toEqual(body)
    const [created, ...more] = await eventsOf(body.id)
    expect(more).toEqual([])
    expect(created).toMatchObject({ type: 'product.created', aggregate: { type: 'product', id: body.id, version: 1 } })
    expect(productCreated.problem(created.data)).toBeUndefined()
    expect(created.data).toEqual({ ...body, opening_stock: [{ sku: 'LT-001', quantity: 10 }] })
  })

  test('has the stock of its variants, and each variant its own price or the product’s', async () => {
    const { id, stock, variants } = await add({
      price: 20,
      stock: 0,
      variants: [
        { sku: 'TEE-S', attributes: { size: 'S' }, stock: 3 },
        { sku: 'TEE-XL', attributes: { size: 'XL' }, stock: 4, price: 22.5 },
      ],
    })
    expect(stock).toBe(7)
    expect(variants).toEqual([
      { sku: 'TEE-S', attributes: { size: 'S' }, stock: 3, price: 20 },
      { sku: 'TEE-XL', attributes: { size: 'XL' }, stock: 4, price: 22.5 },
    ])
    expect((await eventsOf(id))[0].data.opening_stock).toEqual([
      { sku: 'TEE-S', quantity: 3 },
      { sku: 'TEE-XL', quantity: 4 },
    ])
    expect((await send('GET', '/products/by-sku/TEE-XL')).body.id).toBe(id)
  })

  test('cannot use a SKU of another product, variant or archived product, even when twenty are created at once', async () => {
    await add({ sku: 'OWN-1', variants: [{ sku: 'OWN-1-A' }] })
    const { id } = await add({ sku: 'GONE-1' })
    await send('DELETE', `/products/${id}`)
    for (const sku of ['OWN-1', 'OWN-1-A', 'GONE-1'])
      expect((await send('POST', '/products', { ...sample, sku })).body.code).toBe('sku_taken')
    for (const sku of ['OWN-1', 'OWN-1-A', 'NEW-1'])
      expect((await send('POST', '/products', { ...sample, stock: 0, sku: 'NEW-1', variants: [{ sku }] })).status).toBe(409)
    for (const sku of ['own-1', 'Own-1-a', 'gone-1'])
      expect((await send('POST', '/products', { ...sample, sku })).body.code).toBe('sku_taken')
    const race = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        send('POST', '/products', { ...sample, category: `Race ${n % 4}`, sku: n % 2 ? 'RACE-1' : 'race-1' }),
      ),
    )
    expect(race.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  })

  test('is for administrators; invalid input is not stored and not echoed', async () => {
    expect((await send('POST', '/products', sample, {})).status).toBe(401)
    expect((await send('POST', '/products', sample, await as(2))).status).toBe(403)
    const bad: object[] = [
      { name: { $ne: null } },
      { name: '' },
      { price: -1 },
      { price: '1500' },
      { price: 1e300 },
      { price: 0.001 },
      { currency: 'XXX' },
      { stock: 1.5 },
      { stock: 2 ** 31 },
      { sku: 'a b' },
      { attributes: { $where: 'zonk' } },
      { attributes: { 'a.b': 'zonk' } },
      { attributes: { a: { b: 'zonk' } } },
      { images: ['javascript:zonk()'] },
      { zonk: 1 },
      { variants: [{ sku: 'BAD-2', zonk: 1 }] },
      { name: 'zonk\0' },
      { tags: Array(51).fill('zonk') },
    ]
    for (const fields of bad) {
      const { status, body, text } = await send('POST', '/products', { ...sample, sku: 'BAD-1', ...fields })
      expect([status, body.status], JSON.stringify(fields)).toEqual([400, 400])
      expect(text.replaceAll(/\/\w*zonk/g, '')).not.toContain('zonk')
    }
    expect((await send('GET', '/products/by-sku/BAD-1')).status).toBe(404)
  })
})

describe('catalogTransaction a product', () => {
  test('raises its version and publishes one event, or none if nothing changes', async () => {
    const { id, name, stock } = await add()
    const patched = await send('PATCH', `/products/${id}`, { price: 1399.99 })
    expect(patched.body.price).toBe(1399.99)
    expect(patched.headers.get('etag')).toBe('"2-10"')
    expect((await send('PATCH', `/products/${id}`, { price: 1399.99, name, stock })).headers.get('etag')).toBe('"2-10"')
    const [, updated, ...more] = await eventsOf(id)
    expect(more).toEqual([])
    expect(updated).toMatchObject({ type: 'product.updated', aggregate: { version: 2 }, data: patched.body })
  })

  test('by PUT resets the fields that are left out', async () => {
    const { id, sku } = await add({ currency: 'EUR', tags: ['new'], attributes: { color: 'red' }, images: ['/a.png'] })
    const { body } = await send('PUT', `/products/${id}`, { name: 'Desk', description: '', price: 9.5, category: 'Furniture', sku })
    expect(body).toMatchObject({
      id,
      name: 'Desk',
      price: 9.5,
      currency: 'EUR',
      category: 'Furniture',
      tags: [],
      attributes: {},
      stock: 10,
    })
  })

  test('by PUT of what was read, with another price, changes that of the variants that follow the product', async () => {
    const { id, sku } = await add({ price: 20, stock: 0, variants: [{ sku: 'CUP-S' }, { sku: 'CUP-L', price: 25 }] })
    const { name, description, category, tax_class, variants, stock } = (await send('GET', `/products/${id}`)).body
    const { body } = await send('PUT', `/products/${id}`, { name, description, category, tax_class, variants, stock, sku, price: 22 })
    expect(body.variants).toMatchObject([
      { sku: 'CUP-S', price: 22 },
      { sku: 'CUP-L', price: 25 },
    ])
  })

  test('accepts the current stock and rejects any other, because inventory owns it', async () => {
    const { id } = await add({ variants: [{ sku: 'PEN-B', stock: 5 }] })
    for (const change of [
      { stock: 6 },
      { variants: [{ sku: 'PEN-B', stock: 4 }] },
      { variants: [{ sku: 'PEN-B' }, { sku: 'PEN-R', stock: 1 }] },
    ]) {
      const { status, body } = await send('PATCH', `/products/${id}`, change)
      expect([status, body.code]).toEqual([400, 'stock_is_inventorys'])
      expect(body.detail).toContain('PUT /api/inventory/:product_id')
    }
    const { body } = await send('PATCH', `/products/${id}`, { stock: 5, variants: [{ sku: 'PEN-B', stock: 5 }, { sku: 'PEN-R' }] })
    expect(body.variants.map((variant: { stock: number }) => variant.stock)).toEqual([5, 0])
  })

  test('is refused if the product has changed since it was read', async () => {
    const { id } = await add()
    const tag = (await send('GET', `/products/${id}`)).headers.get('etag') as string
    expect((await send('GET', `/products/${id}`, undefined, { 'if-none-match': tag })).status).toBe(304)
    const admin = await as(1, 'admin')
    const edit = (price: number, match: string) => send('PATCH', `/products/${id}`, { price }, { ...admin, 'if-match': match })
    expect((await edit(1, 'W/"1-3"')).status).toBe(200)
    expect((await edit(2, tag)).status).toBe(412)
    expect((await send('DELETE', `/products/${id}`, undefined, { ...admin, 'if-match': tag })).status).toBe(412)
    const race = await Promise.all([3, 4, 5].map(price => edit(price, '"2-10"')))
    expect(race.map(({ status }) => status).toSorted()).toEqual([200, 412, 412])
  })
})

test('an archived product leaves the lists, can still be read, and cannot be changed', async () => {
  const { id, sku } = await add({ tags: ['doomed'] })
  for (let again = 0; again < 2; again++) expect((await send('DELETE', `/products/${id}`)).status).toBe(204)
  expect((await send('GET', '/products?tag=doomed')).body).toMatchObject({ items: [], total: 0 })
  expect((await send('GET', `/products/${id}`, undefined, {})).body.status).toBe('archived')
  expect((await send('PATCH', `/products/${id}`, { price: 1 })).body.code).toBe('product_archived')
  const [, deleted, ...more] = await eventsOf(id)
  expect(more).toEqual([])
  expect(deleted).toMatchObject({ type: 'product.deleted', aggregate: { version: 2 }, data: { product_id: id, skus: [sku] } })
})

test('a batch is in the requested order and lists the missing ids', async () => {
  const [a, b] = [await add(), await add()]
  const unknownId = '0'.repeat(24)
  const { body } = await send('POST', '/products/batch', { ids: [b.id, unknownId, a.id] }, {})
  expect(body).toEqual({ items: [b, a], missing: [unknownId] })
  for (const ids of [[], ['x'], Array(101).fill(a.id)]) expect((await send('POST', '/products/batch', { ids })).status).toBe(400)
})

test('an unknown product is 404, a malformed id is 400', async () => {
  expect((await send('GET', `/products/${'f'.repeat(24)}`)).body.code).toBe('product_not_found')
  expect((await send('PATCH', `/products/${'f'.repeat(24)}`, { price: 1 })).status).toBe(404)
  expect((await send('DELETE', `/products/${'f'.repeat(24)}`)).status).toBe(404)
  expect((await send('GET', '/products/by-sku/NONE')).status).toBe(404)
  expect((await send('GET', '/products/nope')).status).toBe(400)
})

test('catalog reads without a token may be cached briefly, and those of an administrator never', async () => {
  const { id, sku } = await add()
  const { items } = (await send('GET', '/categories', undefined, {})).body
  for (const path of ['/products', `/products/${id}`, `/products/by-sku/${sku}`, '/categories', `/categories/${items[0].id}`]) {
    expect((await send('GET', path, undefined, {})).headers.get('cache-control')).toBe('max-age=1, stale-while-revalidate=2')
    expect((await send('GET', path)).headers.get('cache-control')).toBeNull()
  }
})

test('carts, orders and favourites get the prices of products without their texts, with the version of their events', async () => {
  const variants = [{ sku: 'PRICED-S', stock: 3, price: 22.5, attributes: { size: 'S' } }]
  const { id, category_ids } = await add({ price: 20, sku: 'PRICED', variants })
  const ask = async (caller: 'cart' | 'rating') => send('POST', '/internal/prices', { ids: [id, 'f'.repeat(24)] }, await asService(caller))
  const { name, currency, category } = (await send('GET', `/products/${id}`)).body
  expect((await ask('cart')).body.items).toEqual([
    {
      ...{ id, name, currency, category, category_ids, tax_class: 'standard', price: 20, stock: 3, sku: 'PRICED', status: 'active' },
      variants: [{ sku: 'PRICED-S', price: 22.5, stock: 3 }],
      version: 1,
    },
  ])
  expect((await ask('rating')).status).toBe(403)
})

test('a SKU is found in any case, and keeps the spelling that it had first', async () => {
  const { id } = await add({ sku: 'Mixed-1', variants: [{ sku: 'Mixed-1-S', stock: 2 }] })
  for (const sku of ['Mixed-1', 'MIXED-1', 'mixed-1-s']) expect((await send('GET', `/products/by-sku/${sku}`)).body.id).toBe(id)
  const { body } = await send('PATCH', `/products/${id}`, {
    sku: 'MIXED-1',
    variants: [{ sku: 'MIXED-1-s', stock: 2 }, { sku: 'mixed-2' }],
  })
  expect([body.sku, body.variants.map(({ sku }: { sku: string }) => sku), body.stock]).toEqual(['Mixed-1', ['Mixed-1-S', 'mixed-2'], 2])
  expect((await send('PATCH', `/products/${id}`, { variants: [{ sku: 'NEW' }, { sku: 'new' }] })).body.code).toBe('sku_taken')
})

test('a product is created once for one idempotency key, also by two requests at once', async () => {
  const request = { ...sample, sku: 'ONCE-1' }
  const create = (body = request) => send('POST', '/products', body, { ...admin, 'idempotency-key': 'once' })
  const [one, two] = await Promise.all([create(), create()])
  const three = await create()
  expect([one, two, three].map(({ status }) => status)).toEqual([201, 201, 201])
  expect(new Set([one, two, three].map(({ body }) => body.id)).size).toBe(1)
  expect([three.headers.get('idempotent-replayed'), three.headers.get('location')]).toEqual(['true', `/api/products/${one.body.id}`])
  expect((await create({ ...request, price: 2 })).body.code).toBe('idempotency_key_reused')
})
