import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { productDeleted, productUpdated } from '#shared/catalog'
import { eventually, messageOf } from '#shared/testing'
import { catalogProduct, testSearch } from './testing'

let shop: Awaited<ReturnType<typeof testSearch>>
let one: Awaited<ReturnType<typeof shop.instance>>
let other: Awaited<ReturnType<typeof shop.instance>>
const products = Array.from({ length: 230 }, (_, n) =>
  catalogProduct({ name: `Maple shelf ${n}`, ...(n === 5 && { summary: { version: 3, average: 4.5, count: 2 } }) }),
)
beforeAll(async () => {
  shop = await testSearch()
  for (const product of products) shop.catalog.set(product.id, product)
  ;[one, other] = await Promise.all([shop.instance(), shop.instance()])
})
afterAll(() => shop.stop())

const admin = () => shop.as(1, 'admin')
const found = async (instance: typeof one, keyword = 'maple') => (await instance.send('GET', `/?keyword=${keyword}`)).body.total

describe('the index', () => {
  test('fills itself from a catalog that was there before, once', async () => {
    expect(await found(one)).toBe(0)
    await one.reindexing.fillIfEmpty()
    for (const instance of [one, other]) await eventually(async () => (await found(instance)) === 230)
    expect((await other.send('GET', '/?min_rating=4')).body).toMatchObject({ total: 1, items: [{ rating: { average: 4.5, count: 2 } }] })
    shop.catalog.set('f'.repeat(24), catalogProduct({ id: 'f'.repeat(24), name: 'Maple stool' }))
    await one.reindexing.fillIfEmpty()
    expect((await one.reindexing.progress()).products).toBe(230)
  })

  test('is made anew without a gap, and keeps what changes meanwhile', async () => {
    let [page, gaps] = [0, 0]
    const [changed, gone] = [products[0]!, products[1]!]
    shop.beforePage(async () => {
      if ((await found(one)) < 228 || (await found(other)) < 228) gaps++
      if (page++ !== 1) return
      // The catalog's answer has the old name and the old state still.
      const { version: _, ...product } = changed
      await other.handle(
        messageOf(productUpdated({ id: changed.id, version: 5 }, { ...product, name: 'Oak shelf' })),
        messageOf(productDeleted({ id: gone.id, version: 5 }, { product_id: gone.id, skus: [] })),
      )
    })
    const watching = (async () => {
      for (let n = 0; n < 200; n++) if ((await found(other)) < 228) gaps++
    })()
    expect(await one.send('POST', '/reindex', undefined, await admin())).toMatchObject({ status: 202, body: { state: 'running' } })
    await eventually(async () => (await one.reindexing.progress()).state === 'done')
    await watching
    shop.beforePage(async () => {})
    expect(gaps).toBe(0)
    for (const instance of [one, other]) {
      await eventually(async () => (await found(instance)) === 229)
      expect(await instance.names('oak')).toEqual(['Oak shelf'])
      expect(await instance.names('stool')).toEqual(['Maple stool'])
    }
  })

  test('loses what the catalog does not have', async () => {
    shop.catalog.delete('f'.repeat(24))
    expect(await other.reindexing.runNow()).toBe(true)
    for (const instance of [one, other]) await eventually(async () => (await instance.names('stool')).length === 0)
  })

  test('is made by one instance at a time', async () => {
    let release = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    shop.beforePage(() => held)
    const first = await one.send('POST', '/reindex', undefined, await admin())
    await eventually(async () => (await one.reindexing.progress()).state === 'running')
    const second = await other.send('POST', '/reindex', undefined, await admin())
    expect([first.body.state, second.body.state]).toEqual(['running', 'running'])
    expect(await other.reindexing.runNow()).toBe(false)
    release()
    shop.beforePage(async () => {})
    await eventually(async () => (await one.reindexing.progress()).state === 'done')
  })

  test('stays as it is while the catalog does not answer, and says so', async () => {
    shop.down.add('product')
    await one.send('POST', '/reindex', undefined, await admin())
    await eventually(async () => (await one.reindexing.progress()).state === 'failed')
    expect(await found(other)).toBe(228)
    shop.down.delete('product')
    expect(shop.warnings.length).toBe(1)
    expect(await eventually(() => one.reindexing.runNow())).toBe(true)
  })
})
