import { afterAll, beforeAll, expect, test } from 'bun:test'
import { productDeleted, userDeleted } from '#shared/catalog'
import { messageOf } from '#shared/testing'
import { testSample } from './testing'

const [kept, gone] = ['a'.repeat(24), 'b'.repeat(24)]

let service: Awaited<ReturnType<typeof testSample>>
beforeAll(async () => {
  service = await testSample()
})
afterAll(() => service.stop())

/** The products that a user has notes about. */
const listOf = async (userId: number) => {
  const { body } = await service.send('GET', '/', undefined, await service.as(userId))
  return body.items.map((item: { product_id: string }) => item.product_id)
}
const save = async (userId: number, product_id: string) =>
  service.send('POST', '/', { product_id, note: 'for Ann' }, await service.as(userId))

test('a deleted product leaves every list, once and for all', async () => {
  for (const user of [1, 2]) for (const product of [kept, gone]) await save(user, product)
  const message = messageOf(productDeleted({ id: gone, version: 2 }, { product_id: gone, skus: [] }))
  await service.handle(message, message)
  expect([await listOf(1), await listOf(2)]).toEqual([[kept], [kept]])
})

test('a deleted user leaves nothing behind, and others keep what is theirs', async () => {
  for (const user of [3, 4]) await save(user, kept)
  const message = messageOf(userDeleted({ id: 3, version: 2 }, { user_id: 3 }))
  await service.handle(message, message)
  expect([await listOf(3), await listOf(4)]).toEqual([[], [kept]])
})
