import { expect, test } from 'bun:test'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces, type Shopper, until } from '../shopper'

expectNoDriftAfterwards()

test('200 orders at once for 10 pieces: exactly 10 get one, 190 are refused as out of stock', async () => {
  const product = await shop.addProduct({ stock: 10 })
  const people = await times(20, shop.shopper)
  const orderOnce = async (person: Shopper) => {
    const { status, body } = await person.order(pieces(product))
    if (status !== 201) return `${status} ${body.code}`
    const { status: end, cancel_reason } = await until(async () => {
      const found = await person.orderOf(body.id)
      return found.status === 'pending' ? undefined : found
    })
    return end === 'cancelled' ? `cancelled ${cancel_reason}` : end
  }
  const started = performance.now()
  const ends = (await times(10, () => Promise.all(people.map(orderOnce)))).flat()
  console.log(`settled in ${((performance.now() - started) / 1000).toFixed(1)} s`)

  const refused = ends.filter(end => end === '409 out_of_stock' || end === 'cancelled out_of_stock')
  expect({ sold: ends.filter(end => end === 'awaiting_payment').length, refused: refused.length }).toEqual({ sold: 10, refused: 190 })
  expect(await shop.stockOf(product.id)).toEqual({ quantity: 10, reserved: 10, available: 0 })
})
