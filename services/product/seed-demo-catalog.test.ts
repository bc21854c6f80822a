import { afterAll, expect, test } from 'bun:test'
import { productsOf } from './database'
import { ChangedProduct, ReplacedProduct } from './model'
import { seedDemoCatalog } from './seed-demo-catalog'
import { testProduct } from './testing'

const { mongo, open, send, add, published, failures, drop } = await testProduct()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

test('the demo catalog is stored once and whole, even if several instances start together', async () => {
  const others = await Promise.all([open(), open()])
  const seeded = await Promise.all([mongo, ...others].map(instance => seedDemoCatalog(instance)()))
  expect(seeded.filter(Boolean)).toHaveLength(1)
  const total = await productsOf(mongo).countDocuments()
  expect(total).toBeGreaterThanOrEqual(20)
  const created = (await published()).filter(({ type }) => type === 'product.created')
  expect(created).toHaveLength(total)
  expect(created[0]?.data.opening_stock).toEqual([{ sku: 'NB-14-512', quantity: 100 }])

  await send('DELETE', '/products/507f1f77bcf86cd799439011')
  expect(await seedDemoCatalog(mongo)()).toBe(false)
})

test('the demo catalog contains the sample product, and leaves LT-001 free', async () => {
  expect((await send('GET', '/products/507f1f77bcf86cd799439011')).body).toMatchObject({ price: 1500, currency: 'USD', stock: 100 })
  expect((await add({ sku: 'LT-001' })).sku).toBe('LT-001')
})

test('the examples of the documentation are in the demo catalog, and what changes something is another product than the sample', async () => {
  const examples = async (method: string, path: string, body?: unknown) => (await send(method, path, body)).status
  expect(await examples('GET', '/products/by-sku/NB-14-512')).toBe(200)
  expect(await examples('GET', '/categories/652f1f77bcf86cd799430001')).toBe(200)
  const [put, gone] = ['507f1f77bcf86cd799439112', '507f1f77bcf86cd799439113']
  expect(await examples('PUT', `/products/${put}`, ReplacedProduct.examples[0])).toBe(200)
  expect(await examples('PATCH', `/products/${put}`, ChangedProduct.examples[0])).toBe(200)
  expect(await examples('DELETE', `/products/${gone}`)).toBe(204)
  expect(await examples('PATCH', '/categories/652f1f77bcf86cd799430006', { name: 'Presents' })).toBe(200)
  expect(await examples('DELETE', '/categories/652f1f77bcf86cd799430006')).toBe(204)
})
