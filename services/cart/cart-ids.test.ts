import { expect, test } from 'bun:test'
import { cartIds } from './cart-ids'

test('an id that the cart made is accepted each time without the store, and a changed one never', async () => {
  const asked: string[] = []
  const exists = async (id: string) => {
    asked.push(id)
    return false
  }
  const ids = cartIds({ secret: 'a secret of the platform', exists })
  const id = ids.make()
  for (let times = 0; times < 3; times++) expect(await ids.check(id)).toBe(id)
  expect(asked).toEqual([])
  const changed = (id.startsWith('A') ? 'B' : 'A') + id.slice(1)
  for (let times = 0; times < 2; times++) await expect(ids.check(changed)).rejects.toMatchObject({ code: 'invalid_cart_id' })
  expect(asked).toEqual([changed, changed])
  await expect(cartIds({ secret: 'another secret', exists }).check(id)).rejects.toMatchObject({ code: 'invalid_cart_id' })
})
