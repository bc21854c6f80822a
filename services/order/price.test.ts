import { afterAll, beforeEach, expect, test } from 'bun:test'
import { minute } from '#shared/time'
import { orderClients } from './clients'
import { priceOrder } from './price'
import { laptop, testOrderClients } from './testing-clients'

const asked = ['product', 'promotion', 'shipping', 'tax'] as const
const others = testOrderClients()
afterAll(others.stop)
beforeEach(others.restock)

const setLaptop = (change: { price?: number; stock?: number; status?: 'active' | 'archived' }) => {
  const sold = others.known.products.get(laptop)
  if (sold) others.known.products.set(laptop, { ...sold, ...change })
}
const order = (price?: number) => ({
  items: [{ product_id: laptop, quantity: 1, ...(price !== undefined && { price }) }],
  shipping_address: '123 Main St, City',
})
/** The service whose memory lasts longer than a test. */
const pricing = () => priceOrder(orderClients(others.client, { rememberMs: minute }))

test('a customer who has seen the new price, or the new stock, is not refused for what the service remembers', async () => {
  const price = pricing()
  setLaptop({ stock: 0 })
  await expect(price(1, order())).rejects.toMatchObject({ code: 'out_of_stock' })
  setLaptop({ stock: 9 })
  expect((await price(1, order(1500))).amounts.subtotal).toBe(150_000)
  setLaptop({ price: 1400 })
  expect((await price(1, order(1400))).amounts.subtotal).toBe(140_000)
  expect((await price(1, order())).amounts.subtotal).toBe(140_000)
})

test('a price that was never the catalog’s, and one that has been for long another, is refused', async () => {
  await expect(pricing()(1, order(1499))).rejects.toMatchObject({ code: 'price_changed' })
  const price = pricing()
  await price(1, order())
  setLaptop({ price: 1400 })
  await expect(price(1, order(1399))).rejects.toMatchObject({ code: 'price_changed' })
  await expect(price(1, order(1500))).rejects.toMatchObject({ code: 'price_changed' })
})

test('what the customer pays for is priced as the services say, from the memory as well', async () => {
  const price = pricing()
  const body = {
    ...order(),
    shipping_address: { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' },
    shipping_option: 'express' as const,
  }
  const first = await price(1, body)
  expect(first.amounts).toEqual({ subtotal: 150_000, discount: 0, tax: 30_500, shipping: 2500 })
  for (const service of asked) others.down.add(service)
  const second = await price(2, body)
  for (const service of asked) others.down.delete(service)
  expect(second).toEqual(first)
})
