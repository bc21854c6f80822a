import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { inventoryUpdated } from '#shared/catalog'
import { deliverTo, messageOf } from '#shared/testing'
import { testProduct } from './testing'

const { send, add, asService, published, handlers, failures, drop } = await testProduct()
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
