import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { inventoryUpdated, productCreated, productDeleted, productUpdated, ratingSummaryUpdated } from '#shared/catalog'
import { eventually, messageOf } from '#shared/testing'
import { type CatalogProduct, catalogProduct, testSearch } from './testing'

let shop: Awaited<ReturnType<typeof testSearch>>
let one: Awaited<ReturnType<typeof shop.instance>>
let other: Awaited<ReturnType<typeof shop.instance>>
beforeAll(async () => {
  shop = await testSearch()
  ;[one, other] = await Promise.all([shop.instance(), shop.instance()])
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  expect(shop.warnings).toEqual([])
  await shop.stop()
})

const created = ({ version, ...product }: CatalogProduct) =>
  messageOf(productCreated({ id: product.id, version }, { ...product, opening_stock: [{ sku: product.sku, quantity: product.stock }] }))
const updated = ({ version, ...product }: CatalogProduct) => messageOf(productUpdated({ id: product.id, version }, product))
const deleted = (id: string, version: number) => messageOf(productDeleted({ id, version }, { product_id: id, skus: [] }))
const stocked = (product: CatalogProduct, version: number, available: number, sku = product.sku) =>
  messageOf(inventoryUpdated({ id: sku, version }, { product_id: product.id, sku, quantity: available, reserved: 0, available }))

/** What both instances find, once they agree with `expected`. */
const bothFind = async (keyword: string, names: readonly string[]) => {
  for (const instance of [one, other]) await eventually(async () => expect(await instance.names(keyword)).toEqual([...names]) ?? true)
}
const stockOf = async (instance: typeof one, keyword: string) => {
  const { body } = await instance.send('GET', `/?keyword=${keyword}`)
  return body.items[0]?.stock
}

describe('a change', () => {
  test('that one instance handles is found on every instance', async () => {
    const product = catalogProduct({ name: 'Amber lantern' })
    await one.handle(created(product))
    await bothFind('lantern', ['Amber lantern'])
    await other.handle(updated({ ...product, version: 2, name: 'Amber torch' }))
    await bothFind('amber', ['Amber torch'])
    await bothFind('lantern', [])
    await one.handle(deleted(product.id, 3))
    await bothFind('amber', [])
    await other.handle(updated({ ...product, version: 4, name: 'Amber beacon' }), deleted(product.id, 3))
    await bothFind('amber', ['Amber beacon'])
  })

  test('that comes twice or late changes nothing', async () => {
    const product = catalogProduct({ name: 'Birch stool' })
    const [first, second] = [created(product), updated({ ...product, version: 2, name: 'Birch bench' })]
    await one.handle(second, first, second, first)
    await bothFind('birch', ['Birch bench'])
    await other.handle(deleted(product.id, 4))
    await one.handle(updated({ ...product, version: 3, name: 'Birch ladder' }), first)
    await bothFind('birch', [])
  })

  test('of stock is the sum of the SKUs, in whatever order their levels come', async () => {
    const variants = ['S', 'M'].map(size => ({ sku: `CDR-${size}`, attributes: { size }, price: 10, stock: 1 }))
    const product = catalogProduct({ name: 'Cedar shirt', variants })
    await one.handle(stocked(product, 2, 7, 'CDR-S'), created(product))
    await eventually(async () => (await stockOf(other, 'cedar')) === 8)
    await other.handle(stocked(product, 3, 0, 'CDR-M'), stocked(product, 1, 50, 'CDR-S'), stocked(product, 2, 60, 'CDR-M'))
    for (const instance of [one, other]) await eventually(async () => (await stockOf(instance, 'cedar')) === 7)
    await one.handle(stocked(product, 9, 0, 'CDR-S'))
    await eventually(async () => (await other.names('cedar', '&in_stock=true')).length === 0)
    expect(await other.names('cedar', '&in_stock=false')).toEqual(['Cedar shirt'])
  })

  test('of rating and popularity shows in the answer and in the order', async () => {
    const [plain, loved] = [catalogProduct({ name: 'Dune vase' }), catalogProduct({ name: 'Dune vase' })]
    await one.handle(created(plain), created(loved))
    const rated = (version: number, average: number, count: number) =>
      messageOf(ratingSummaryUpdated({ id: loved.id, version }, { product_id: loved.id, average, count, score: average }))
    await one.handle(rated(2, 4.8, 40), rated(1, 1, 1), rated(2, 4.8, 40))
    await eventually(async () => {
      const { body } = await other.send('GET', '/?keyword=dune')
      return body.items[0].id === loved.id && Bun.deepEquals(body.items[0].rating, { average: 4.8, count: 40 })
    })
    await one.products.setPopularity(plain.id, 5000)
    await eventually(async () => (await other.send('GET', '/?sort=popular')).body.items[0].id === plain.id)
    expect(other.live.index.facts(plain.id)).toMatchObject({ popularity: 5000 })
  })

  test('of very many products is followed by a merge in the background, and all are found', async () => {
    const many = Array.from({ length: 700 }, (_, n) => catalogProduct({ name: `Fern number${n}` }))
    await Promise.all(many.map(product => one.handle(created(product))))
    const total = async (instance: typeof one) => (await instance.send('GET', '/?keyword=fern')).body.total
    for (const instance of [one, other]) await eventually(async () => (await total(instance)) === 700)
    await eventually(async () => !other.live.index.isMergeDue())
    expect(await total(other)).toBe(700)
    expect(await other.names('number699')).toContain('Fern number699')
  })
})

describe('a new instance', () => {
  test('begins with the snapshot, and with what has changed since', async () => {
    const [before, after] = [catalogProduct({ name: 'Garnet ring' }), catalogProduct({ name: 'Garnet brooch' })]
    await one.handle(created(before))
    await bothFind('garnet', ['Garnet ring'])
    await eventually(() => one.live.save())
    await one.handle(created(after), stocked(before, 2, 3))
    const late = await shop.instance()
    expect((await late.names('garnet')).sort()).toEqual(['Garnet brooch', 'Garnet ring'])
    await eventually(async () => (await stockOf(late, 'garnet%20ring')) === 3)
  })

  test('begins with what is stored where there is no snapshot, or one that it cannot read', async () => {
    const { client, key } = shop.redis
    const head = JSON.parse((await client.get(key('snapshot'))) ?? '')
    await client.set(key('snapshot'), JSON.stringify({ ...head, form: 0 }))
    expect((await (await shop.instance()).names('garnet')).length).toBe(2)
    await client.set(key('snapshot'), JSON.stringify({ ...head, chunks: head.chunks + 1 }))
    expect((await (await shop.instance()).names('garnet')).length).toBe(2)
    await client.del(key('snapshot'))
    expect((await (await shop.instance()).names('garnet')).length).toBe(2)
  })
})
