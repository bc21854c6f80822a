import { afterAll, expect, test } from 'bun:test'
import { ObjectId } from 'mongodb'
import { categoriesOf, productsOf } from './database'
import { testProduct } from './testing'

const { mongo, upgradeCatalog, send, add, published, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

test('products of an earlier release get their path and the class that their category’s name stood for, and no event', async () => {
  const { id: top } = (await send('POST', '/categories', { name: 'Books' })).body
  await send('POST', '/categories', { name: 'Cookbooks', parent_id: top })
  const [plain, cook] = [await add({ category: 'Books' }), await add({ category: 'Cookbooks' })]
  await productsOf(mongo).updateMany({}, { $unset: { category_ids: '', category_tax_class: '', category_version: '' } })
  const before = (await published()).length

  await upgradeCatalog.atStart()
  for (const { id, category_ids } of [plain, cook])
    expect((await send('GET', `/products/${id}`)).body).toMatchObject({ category_ids, tax_class: 'books' })
  expect((await send('GET', '/products?category=Books')).body.total).toBe(2)
  expect(await published()).toHaveLength(before)

  await send('PATCH', `/categories/${top}`, { tax_class: null })
  await upgradeCatalog.atStart()
  expect((await categoriesOf(mongo).findOne({ _id: new ObjectId(top) }))?.tax_class).toBeUndefined()
})

test('products that an instance of the earlier release writes meanwhile are upgraded by the sweep', async () => {
  const { id, category_ids } = await add({ category: 'Late' })
  await productsOf(mongo).updateOne({ _id: new ObjectId(id) }, { $unset: { category_ids: '', sku_keys: '' } })
  await upgradeCatalog.sweep()
  expect((await send('GET', `/products/${id}`)).body.category_ids).toEqual(category_ids)
  expect((await productsOf(mongo).findOne({ _id: new ObjectId(id) }))?.sku_keys).toHaveLength(1)
})

test('two products of an earlier release whose SKUs differ in case stay two, can be changed, and no third is added', async () => {
  const [upper, lower] = [await add({ sku: 'TWIN-1' }), await add({ sku: 'TWIN-2' })]
  const _id = new ObjectId(lower.id)
  await productsOf(mongo).updateOne({ _id }, { $set: { sku: 'twin-1', skus: ['twin-1'], 'levels.0.sku': 'twin-1' } })
  await productsOf(mongo).updateMany({}, { $unset: { sku_keys: '' } })
  await upgradeCatalog.atStart()
  for (const [sku, { id }] of [['TWIN-1', upper] as const, ['twin-1', lower] as const]) {
    expect((await send('GET', `/products/by-sku/${sku}`)).body.id).toBe(id)
    expect((await send('PATCH', `/products/${id}`, { price: 7 })).body.sku).toBe(sku)
  }
  expect((await send('PATCH', `/products/${upper.id}`, { sku: 'Twin-1' })).body.sku).toBe('TWIN-1')
  const third = { name: 'x', description: '', price: 1, category: 'x', stock: 1, sku: 'Twin-1' }
  expect((await send('POST', '/products', third)).body.code).toBe('sku_taken')
})
