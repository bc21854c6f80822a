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

  await upgradeCatalog()
  for (const { id, category_ids } of [plain, cook])
    expect((await send('GET', `/products/${id}`)).body).toMatchObject({ category_ids, tax_class: 'books' })
  expect((await send('GET', '/products?category=Books')).body.total).toBe(2)
  expect(await published()).toHaveLength(before)

  await send('PATCH', `/categories/${top}`, { tax_class: null })
  await upgradeCatalog()
  expect((await categoriesOf(mongo).findOne({ _id: new ObjectId(top) }))?.tax_class).toBeUndefined()
})
