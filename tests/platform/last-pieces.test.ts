import { expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { theShop } from '../shop'

const { expectNoDrift, offer, order, orderOf, register, stockOf } = theShop

test('200 orders at once for 10 pieces: exactly 10 get one, 190 are told so, and none is sold twice', async () => {
  const began = new Date()
  const product = await offer({ stock: 10 })
  const people = await Promise.all(Array.from({ length: 20 }, register))
  const started = performance.now()
  const ends = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const person = people[index % people.length]!
      const { status, body } = await order(person, { items: [{ product_id: product.id, quantity: 1 }] })
      if (status !== 201) return `${status} ${body.code}`
      const settled = await eventually(
        async () => {
          const found = await orderOf(person, body.id)
          return found.status === 'pending' ? undefined : found
        },
        { everyMs: 50 },
      )
      return settled.status === 'cancelled' ? `cancelled ${settled.cancel_reason}` : settled.status
    }),
  )
  const seconds = (performance.now() - started) / 1000
  const refused = ends.filter(end => end === '409 out_of_stock' || end === 'cancelled out_of_stock')
  expect({ sold: ends.filter(end => end === 'awaiting_payment').length, refused: refused.length }).toEqual({ sold: 10, refused: 190 })
  expect(await stockOf(product.id)).toEqual({ quantity: 10, reserved: 10, available: 0 })
  console.log(`settled in ${seconds.toFixed(1)} s`)
  await expectNoDrift(began)
})
