import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { inventoryUpdated, ratingSummaryUpdated } from '#shared/catalog'
import { deliverTo, messageOf } from '#shared/testing'
import { testProduct } from './testing'

const { app, as, send, add, asService, published, handlers, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})
const deliver = deliverTo(handlers)

const updateStock = (product_id: string, sku: string, available: number, version: number) =>
  deliver(messageOf(inventoryUpdated({ id: sku, version }, { product_id, sku, quantity: available, reserved: 0, available })))
const shown = async (id: string) => {
  const { body, headers } = await send('GET', `/products/${id}`, undefined, {})
  return { stock: body.stock, variants: body.variants.map((variant: { stock: number }) => variant.stock), tag: headers.get('etag') }
}

describe('the stock level from inventory', () => {
  test('is shown, summed over variants, and does not change the version', async () => {
    const { id } = await add({
      variants: [
        { sku: 'V-1', stock: 2 },
        { sku: 'V-2', stock: 3 },
      ],
    })
    await updateStock(id, 'V-2', 40, 1)
    expect(await shown(id)).toEqual({ stock: 42, variants: [2, 40], tag: expect.stringMatching(/^"1-42\.\w+"$/) })
    await updateStock(id, 'UNKNOWN', 99, 1)
    expect((await shown(id)).stock).toBe(42)
    expect((await published()).map(({ type }) => type)).toEqual(['product.created', 'admin.acted'])
  })

  test('changes the tag although the sum stays the same', async () => {
    const { id } = await add({
      variants: [
        { sku: 'W-1', stock: 2 },
        { sku: 'W-2', stock: 3 },
      ],
    })
    const { tag } = await shown(id)
    await updateStock(id, 'W-1', 1, 1)
    await updateStock(id, 'W-2', 4, 1)
    expect((await send('GET', `/products/${id}`, undefined, { 'if-none-match': tag ?? '' })).status).toBe(200)
    expect((await shown(id)).stock).toBe(5)
  })

  test('moves a product between in stock and sold out', async () => {
    const { id, sku } = await add({ tags: ['mover'] })
    const inStock = async () => (await send('GET', '/products?tag=mover&in_stock=true')).body.total
    expect(await inStock()).toBe(1)
    await updateStock(id, sku, 0, 1)
    expect(await inStock()).toBe(0)
    await updateStock(id, sku, 1, 2)
    expect(await inStock()).toBe(1)
  })

  test('is that of the newest event, however late, often or out of order events arrive', async () => {
    const events = fc.uniqueArray(
      fc.record({ sku: fc.constantFrom('A', 'B'), available: fc.nat(9), version: fc.integer({ min: 1, max: 30 }) }),
      { selector: one => `${one.sku}${one.version}`, maxLength: 12 },
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        events.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
        async ([all, shuffled]) => {
          const at = ++run
          const { id } = await add({
            variants: [
              { sku: `R${at}-A`, stock: 1 },
              { sku: `R${at}-B`, stock: 1 },
            ],
          })
          await Promise.all(shuffled.map(({ sku, available, version }) => updateStock(id, `R${at}-${sku}`, available, version)))
          const last = (name: string) => all.filter(({ sku }) => sku === name).toSorted((a, b) => b.version - a.version)[0]?.available ?? 1
          expect(await shown(id)).toMatchObject({ stock: last('A') + last('B'), variants: [last('A'), last('B')] })
        },
      ),
      { numRuns: 25 },
    )
  })

  test('survives a change of the product at the same time', async () => {
    const { id, sku } = await add()
    await Promise.all([
      ...Array.from({ length: 10 }, (_, n) => updateStock(id, sku, 100 + n, n + 1)),
      ...Array.from({ length: 5 }, (_, n) => send('PATCH', `/products/${id}`, { price: n + 1 })),
    ])
    expect(await shown(id)).toEqual({ stock: 109, variants: [], tag: '"6-109"' })
  })

  test('is taken over though other news that came with it cannot be', async () => {
    const { id, sku } = await add({ stock: 6 })
    const news = [1, 2, 3, 4, 5].map(version => updateStock(id, sku, 10 + version, version))
    const outcomes = await Promise.allSettled([...news.slice(0, 4), updateStock('no id', sku, 1, 9), ...news.slice(4)])
    expect(outcomes.map(({ status }) => status === 'rejected')).toEqual([false, false, false, false, true, false])
    expect((await shown(id)).stock).toBe(15)
  })

  test('can be read by discovery, per SKU', async () => {
    const { id, sku } = await add({ stock: 6 })
    await updateStock(id, sku, 4, 1)
    const skus = [sku, 'NOBODYS']
    const answer = await send('POST', '/internal/stock', { skus }, await asService('discovery'))
    expect(answer.body).toEqual({ stock: { [sku]: 4 } })
    expect((await send('POST', '/internal/stock', { skus })).status).toBe(401)
    expect((await send('POST', '/internal/stock', { skus }, await asService('cart'))).status).toBe(403)
  })

  test('is kept for a SKU that is added later', async () => {
    const { id } = await add({ variants: [{ sku: 'EARLY-1', stock: 1 }] })
    await updateStock(id, 'EARLY-2', 7, 1)
    const { body } = await send('PATCH', `/products/${id}`, { variants: [{ sku: 'EARLY-1' }, { sku: 'EARLY-2' }] })
    expect(body.stock).toBe(8)
  })
})

describe('the rating', () => {
  const rate = (product_id: string, version: number, count: number, average = 4.5) =>
    deliver(messageOf(ratingSummaryUpdated({ id: product_id, version }, { product_id, average, count, score: 4 })))

  test('is shown wherever the product is, and goes with its last review', async () => {
    const { id, sku } = await add({ tags: ['rated'] })
    expect((await send('GET', `/products/${id}`)).body).not.toHaveProperty('rating')
    await rate(id, 1, 2)
    const rating = { average: 4.5, count: 2 }
    expect((await send('GET', `/products/${id}`)).body.rating).toEqual(rating)
    expect((await send('GET', `/products/by-sku/${sku}`)).body.rating).toEqual(rating)
    expect((await send('GET', '/products?tag=rated')).body.items[0].rating).toEqual(rating)
    expect((await send('POST', '/products/batch', { ids: [id] })).body.items[0].rating).toEqual(rating)
    await rate(id, 2, 0, 0)
    expect((await send('GET', `/products/${id}`)).body).not.toHaveProperty('rating')
  })

  test('changes the tag, so that no 304 hides it, and not the version, so that no edit is refused for it', async () => {
    const { id } = await add()
    const read = (await shown(id)).tag ?? ''
    await rate(id, 1, 1)
    const { tag } = await shown(id)
    expect(tag).toBe('"1-10~1"')
    expect((await send('GET', `/products/${id}`, undefined, { 'if-none-match': read })).status).toBe(200)
    expect((await send('GET', `/products/${id}`, undefined, { 'if-none-match': tag ?? '' })).status).toBe(304)
    const admin = (await as(1, 'admin')).authorization
    const changed = await send('PATCH', `/products/${id}`, { price: 7 }, { authorization: admin, 'if-match': read })
    expect([changed.status, changed.body.rating, changed.headers.get('etag')]).toEqual([200, { average: 4.5, count: 1 }, '"2-10~1"'])
  })

  test('is that of the newest event, however late, often or out of order events arrive, and survives edits of the product', async () => {
    const { id } = await add()
    const order = [3, 1, 5, 2, 5, 4, 1]
    await Promise.all([
      ...order.map(version => rate(id, version, version)),
      ...Array.from({ length: 4 }, (_, n) => send('PATCH', `/products/${id}`, { price: n + 1 })),
    ])
    expect((await send('GET', `/products/${id}`)).body.rating.count).toBe(5)
    expect((await shown(id)).tag).toBe('"5-10~5"')
  })

  test('can be read by discovery', async () => {
    const [rated, unrated] = [await add(), await add()]
    await rate(rated.id, 1, 3)
    const ids = [rated.id, unrated.id, 'f'.repeat(24)]
    const answer = await send('POST', '/internal/ratings', { ids }, await asService('discovery'))
    expect(answer.body).toEqual({ ratings: { [rated.id]: { average: 4.5, count: 3 } } })
    expect((await send('POST', '/internal/ratings', { ids }, await asService('cart'))).status).toBe(403)
  })

  test('is exported, and an import leaves it as it is', async () => {
    const { id } = await add({ sku: 'RATED-1' })
    await rate(id, 1, 3)
    const headers = await as(1, 'admin')
    const exported = (await app.handle(new Request('http://localhost/api/products/export', { headers }))).text()
    const line = (await exported).split('\n').find(text => text.includes('RATED-1')) ?? ''
    expect(JSON.parse(line).rating).toEqual({ average: 4.5, count: 3 })
    const body = line.replace('"average":4.5', '"average":1')
    const imported = await app.handle(
      new Request('http://localhost/api/products/import', {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-ndjson' },
        body,
      }),
    )
    expect(await imported.json()).toMatchObject({ unchanged: 1, failed: 0 })
    expect((await send('GET', `/products/${id}`)).body.rating.average).toBe(4.5)
  })
})
