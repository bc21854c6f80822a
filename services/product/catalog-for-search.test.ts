import { afterAll, beforeAll, expect, test } from 'bun:test'
import { inventoryUpdated } from '#shared/catalog'
import { deliverTo, messageOf } from '#shared/testing'
import { testProduct } from './testing'

let service: Awaited<ReturnType<typeof testProduct>>
beforeAll(async () => {
  service = await testProduct()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.drop()
})

const ask = async (path: string, caller: 'search' | 'discovery' | 'cart') =>
  service.send('GET', `/internal/catalog${path}`, undefined, await service.asService(caller))

test('the whole catalog is read page by page, with versions, levels and what was archived', async () => {
  const products = [await service.add(), await service.add(), await service.add()]
  const [first, second, third] = products.map(({ id }) => id)
  await service.send('DELETE', `/products/${second}`)
  const sku = products[0]?.sku ?? ''
  const level = { product_id: first ?? '', sku, quantity: 9, reserved: 2, available: 7 }
  await deliverTo(service.handlers)(messageOf(inventoryUpdated({ id: sku, version: 4 }, level)))

  const page = await ask('?limit=2', 'search')
  expect(page.body.items).toMatchObject([
    { version: 1, levels: [{ sku, available: 7, version: 4 }], product: { id: first, status: 'active', stock: 7 } },
    { version: 2, product: { id: second, status: 'archived' } },
  ])
  expect((await ask(`?limit=2&after=${second}`, 'search')).body.items).toMatchObject([{ product: { id: third } }])
  expect((await ask('/count', 'discovery')).body).toEqual({ active: 2 })
  for (const path of ['', '/count']) expect((await ask(path, 'cart')).status).toBe(403)
  expect((await ask('?limit=101', 'search')).status).toBe(400)
})
