import { expect, test } from 'bun:test'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { until } from '../shopper'

expectNoDriftAfterwards()

interface Favourite {
  product_id: string
  price: number | null
  availability: string
  watch: { price_drop: boolean; back_in_stock: boolean; known_price?: number }
}
interface List {
  items: Favourite[]
  catalog: string
}
const setStock = async (id: string, quantity: number) => (await shop.admin()).call('PUT', `/api/inventory/${id}`, { body: { quantity } })
const setPrice = async (id: string, price: number) => (await shop.admin()).call('PATCH', `/api/products/${id}`, { body: { price } })

test('who watches a product learns of its lower price, with today’s price and stock in the list', async () => {
  const product = await shop.addProduct({ price: 1500, stock: 2 })
  const shoppers = await times(3, () => shop.shopper())
  for (const { call } of shoppers)
    await call('PUT', `/api/favourites/${product.id}/watch`, { body: { price_drop: true, back_in_stock: true } })
  await setPrice(product.id, 1200)
  for (const { call } of shoppers)
    await until(async () => {
      const { items, catalog } = await call<List>('GET', '/api/favourites')
      expect(catalog).toBe('current')
      expect(items).toMatchObject([{ product_id: product.id, price: 1200, availability: 'in_stock', watch: { known_price: 1200 } }])
      return true
    })
  await setStock(product.id, 0)
  await until(async () => (await shoppers[0]?.call<List>('GET', '/api/favourites'))?.items[0]?.availability === 'sold_out')
})

test('a return to stock is told to each who watches it, once in a day', async () => {
  const mysql = createPool({ uri: String(Bun.env.TEST_MYSQL_URL), connectionLimit: 1 })
  const product = await shop.addProduct({ stock: 0 })
  const shoppers = await times(3, () => shop.shopper())
  for (const { call } of shoppers)
    await call('PUT', `/api/favourites/${product.id}/watch`, { body: { price_drop: false, back_in_stock: true } })
  const versions = async () => {
    const ofProduct = 'select version from shop_favourite.watches where product_id = ?'
    const [rows] = await mysql.query<RowDataPacket[]>(ofProduct, [product.id])
    return rows.map(({ version }) => version)
  }
  expect(await versions()).toEqual([0, 0, 0])
  await setStock(product.id, 3)
  await until(async () => Bun.deepEquals(await versions(), [1, 1, 1]))
  await setStock(product.id, 0)
  await setStock(product.id, 5)
  // The fan-out of the second return is over when that of a later price is.
  const last = await shop.shopper()
  await last.call('PUT', `/api/favourites/${product.id}/watch`, { body: { price_drop: true, back_in_stock: false } })
  await until(async () => {
    const [rows] = await mysql.query('select available from shop_favourite.stock_levels where product_id = ?', [product.id])
    return Bun.deepEquals(rows, [{ available: 5 }])
  })
  await setPrice(product.id, 1)
  await until(async () => (await last.call<List>('GET', '/api/favourites')).items[0]?.watch.known_price === 1)
  expect(await versions()).toEqual([1, 1, 1, 1])
  await mysql.end()
})

test('a shared list is public until its link ends, and guests’ favourites are merged once', async () => {
  const [one, two] = [await shop.addProduct(), await shop.addProduct()]
  const { call, ask } = await shop.shopper()
  const body = { product_ids: [one.id, two.id] }
  expect(await call('POST', '/api/favourites/merge', { body })).toEqual({ added: [one.id, two.id], present: [], unknown: [] })
  expect(await call('POST', '/api/favourites/merge', { body })).toEqual({ added: [], present: [one.id, two.id], unknown: [] })
  const { token } = await call<{ token: string }>('POST', '/api/favourites/share')
  const path = `/api/v1/favourites/shared/${token}`
  const shared = await shop.guest.call<List>('GET', path)
  expect(shared.items.map(({ product_id }) => product_id)).toEqual([two.id, one.id])
  expect((await ask('DELETE', '/api/favourites/share')).status).toBe(204)
  expect((await shop.guest.ask('GET', path)).status).toBe(404)
})
