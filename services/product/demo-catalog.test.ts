import { afterAll, describe, expect, test } from 'bun:test'
import { ObjectId } from 'mongodb'
import { categoriesOf, marksOf, productsOf } from './database'
import { demoCatalog, demoCategories } from './demo-catalog'
import { demoId } from './demo-product'
import { allSkus } from './domain'
import { NewProduct } from './model'
import { seedDemoCatalog } from './seed-demo-catalog'
import { testProduct } from './testing'

const { mongo, open, send, add, published, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

describe('the demo catalog', () => {
  test('numbers its products without a gap, and no SKU stands for two', () => {
    expect(demoCatalog.map(({ id }) => id)).toEqual(demoCatalog.map((_, n) => demoId(n)))
    const skus = demoCatalog.flatMap(one => allSkus({ sku: one.sku, variants: (one.variants ?? []).map(v => ({ attributes: {}, ...v })) }))
    expect(new Set(skus.map(sku => sku.toLowerCase())).size).toBe(skus.length)
    expect(skus.filter(sku => !new RegExp(NewProduct.properties.sku.pattern ?? '$.').test(sku))).toEqual([])
  })

  test('speaks Korean, Chinese and Vietnamese beside English', () => {
    const written = (letters: RegExp) =>
      demoCatalog.filter(({ name, description }) => letters.test(name) && letters.test(description)).length
    expect(written(/\p{Script=Hangul}/u)).toBeGreaterThanOrEqual(6)
    expect(written(/\p{Script=Han}/u)).toBeGreaterThanOrEqual(6)
    expect(written(/[ăâđêôơưạảấầậắằặếềệịọốồộớờợụứừự]/i)).toBeGreaterThanOrEqual(6)
  })

  test('puts each product into a category that it names, and those above a category come before it', () => {
    const names = Object.keys(demoCategories)
    expect(demoCatalog.filter(({ category }) => !names.includes(category)).map(({ name }) => name)).toEqual([])
    const late = Object.entries(demoCategories).filter(([name, one]) => 'parent' in one && names.indexOf(one.parent) > names.indexOf(name))
    expect(late).toEqual([])
  })
})

/** Turns the stored catalog back into the first edition: twenty products in top-level categories, without images. */
const firstEdition = async () => {
  const products = productsOf(mongo)
  const categories = categoriesOf(mongo)
  const later = demoCatalog.slice(20).map(({ id }) => new ObjectId(id))
  await products.deleteMany({ _id: { $in: later } })
  const tops = new Map(Object.values(demoCategories).map((one, n) => [one.id, n < 6 ? new ObjectId(one.id) : undefined]))
  for (const row of await products.find().toArray()) {
    const [top = row.category_id] = row.category_ids
    const name = (await categories.findOne({ _id: top }))?.name ?? ''
    await products.updateOne(
      { _id: row._id },
      { $set: { category: name, category_id: top, category_ids: [top], images: [], attributes: {} } },
    )
  }
  await categories.deleteMany({ _id: { $in: [...tops].flatMap(([id, top]) => (top ? [] : new ObjectId(id))) } })
  for (const top of tops.values())
    if (top) await categories.updateOne({ _id: top }, { $set: { products: await products.countDocuments({ category_id: top }) } })
  await marksOf(mongo).updateOne({ _id: 'demo-catalog' }, { $set: { changes: 1 } })
  await mongo.collection('outbox').deleteMany({})
}

test('a shop with the first edition gets what was added since, once, and keeps what an administrator changed', async () => {
  await seedDemoCatalog(mongo)()
  await firstEdition()
  const [headphones, powerBank, tent] = [demoId(4), demoId(5), demoId(57)]
  await send('PATCH', `/products/${headphones}`, { price: 199 })
  await send('DELETE', `/products/${powerBank}`)
  await send('PATCH', `/categories/${demoCategories.Kitchen.id}`, { name: 'Cuisine' })
  await send('DELETE', `/categories/${demoCategories.Gifts.id}`)
  const own = await add({ sku: 'tent-meadow-2', category: 'Outdoor' })
  await mongo.collection('outbox').deleteMany({})

  const instances = [mongo, ...(await Promise.all([open(), open()]))]
  const seeded = await Promise.all(instances.map(instance => seedDemoCatalog(instance)()))
  expect(seeded.filter(Boolean)).toHaveLength(1)
  expect(await seedDemoCatalog(mongo)()).toBe(false)

  const read = async (id: string) => (await send('GET', `/products/${id}`)).body
  expect(await read(headphones)).toMatchObject({ price: 199, images: [], category: 'Electronics' })
  expect(await read(powerBank)).toMatchObject({ status: 'archived' })
  expect((await send('GET', `/products/${tent}`)).status).toBe(404)
  expect((await send('GET', '/products/by-sku/TENT-MEADOW-2')).body.id).toBe(own.id)
  expect((await send('GET', `/categories/${demoCategories.Gifts.id}`)).status).toBe(404)
  const laptop = await read(demoId(0))
  expect(laptop).toMatchObject({ price: 1500, stock: 100, category: 'Computers', images: ['/api/products/images/laptop-graphite.svg'] })
  expect(laptop.category_ids).toEqual([demoCategories.Electronics.id, demoCategories.Computers.id])
  const kettle = await read(demoId(39))
  expect(kettle).toMatchObject({ category: 'Coffee and tea ware', category_ids: [demoCategories.Kitchen.id, expect.any(String)] })
  expect((await send('GET', `/categories/${kettle.category_ids[0]}`)).body.name).toBe('Cuisine')
  expect((await read(demoId(43))).tax_class).toBe('food')
  expect((await read(demoId(56))).tax_class).toBe('newspapers')

  const types = (await published()).map(({ type, data }) => `${type} ${data.id}`)
  const added = demoCatalog.slice(20).filter(({ id }) => id !== tent)
  expect(types.filter(type => type.startsWith('product.created')).sort()).toEqual(added.map(({ id }) => `product.created ${id}`).sort())
  expect(types).toContain(`product.updated ${demoId(0)}`)
  expect(types).not.toContain(`product.updated ${headphones}`)

  // Each category counts what is in it.
  const counts = await categoriesOf(mongo).find().toArray()
  for (const { _id, name, products } of counts)
    expect([name, products]).toEqual([name, await productsOf(mongo).countDocuments({ category_id: _id, status: 'active' })])
})
