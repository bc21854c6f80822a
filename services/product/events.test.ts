import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { inventoryUpdated } from '#shared/catalog'
import { deliverTo, messageOf } from '#shared/testing'
import { productHandlers } from './events'
import { testProduct } from './testing'

const { send, add, asService, published, products, failures, drop } = await testProduct()
// For machines that are busy with other things.
setDefaultTimeout(20_000)
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})
const hear = deliverTo(productHandlers({ products }))

const says = (product_id: string, sku: string, available: number, version: number) =>
  hear(messageOf(inventoryUpdated({ id: sku, version }, { product_id, sku, quantity: available, reserved: 0, available })))
const shown = async (id: string) => {
  const { body, headers } = await send('GET', `/products/${id}`, undefined, {})
  return { stock: body.stock, variants: body.variants.map((variant: { stock: number }) => variant.stock), tag: headers.get('etag') }
}

describe('stock as inventory says it', () => {
  test('is shown, summed over variants, and leaves the version alone', async () => {
    const { id } = await add({
      variants: [
        { sku: 'V-1', stock: 2 },
        { sku: 'V-2', stock: 3 },
      ],
    })
    await says(id, 'V-2', 40, 1)
    expect(await shown(id)).toEqual({ stock: 42, variants: [2, 40], tag: '"1-42"' })
    await says(id, 'UNKNOWN', 99, 1)
    expect((await shown(id)).stock).toBe(42)
    expect(await published()).toHaveLength(1)
  })

  test('moves a product between in stock and sold out', async () => {
    const { id, sku } = await add({ tags: ['mover'] })
    const inStock = async () => (await send('GET', '/products?tag=mover&in_stock=true')).body.total
    expect(await inStock()).toBe(1)
    await says(id, sku, 0, 1)
    expect(await inStock()).toBe(0)
    await says(id, sku, 1, 2)
    expect(await inStock()).toBe(1)
  })

  test('ends the same however late, often or swapped it comes', async () => {
    const news = fc.uniqueArray(
      fc.record({ sku: fc.constantFrom('A', 'B'), available: fc.nat(9), version: fc.integer({ min: 1, max: 30 }) }),
      { selector: one => `${one.sku}${one.version}`, maxLength: 12 },
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        news.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
        async ([all, muddled]) => {
          const at = ++run
          const { id } = await add({
            variants: [
              { sku: `R${at}-A`, stock: 1 },
              { sku: `R${at}-B`, stock: 1 },
            ],
          })
          await Promise.all(muddled.map(({ sku, available, version }) => says(id, `R${at}-${sku}`, available, version)))
          const last = (name: string) => all.filter(({ sku }) => sku === name).toSorted((a, b) => b.version - a.version)[0]?.available ?? 1
          expect(await shown(id)).toMatchObject({ stock: last('A') + last('B'), variants: [last('A'), last('B')] })
        },
      ),
      { numRuns: 25 },
    )
  })

  test('survives a change of the product at the same moment', async () => {
    const { id, sku } = await add()
    await Promise.all([
      ...Array.from({ length: 10 }, (_, n) => says(id, sku, 100 + n, n + 1)),
      ...Array.from({ length: 5 }, (_, n) => send('PATCH', `/products/${id}`, { price: n + 1 })),
    ])
    expect(await shown(id)).toEqual({ stock: 109, variants: [], tag: '"6-109"' })
  })

  test('is told to those who compare it, by SKU', async () => {
    const { id, sku } = await add({ stock: 6 })
    await says(id, sku, 4, 1)
    const skus = [sku, 'NOBODYS']
    const asked = await send('POST', '/internal/stock', { skus }, await asService('discovery'))
    expect(asked.body).toEqual({ stock: { [sku]: 4 } })
    expect((await send('POST', '/internal/stock', { skus })).status).toBe(401)
    expect((await send('POST', '/internal/stock', { skus }, await asService('cart'))).status).toBe(403)
  })

  test('is remembered for a SKU that comes only later', async () => {
    const { id } = await add({ variants: [{ sku: 'EARLY-1', stock: 1 }] })
    await says(id, 'EARLY-2', 7, 1)
    const { body } = await send('PATCH', `/products/${id}`, { variants: [{ sku: 'EARLY-1' }, { sku: 'EARLY-2' }] })
    expect(body.stock).toBe(8)
  })
})
