import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testSample } from './testing'

const product_id = 'a'.repeat(24)

let service: Awaited<ReturnType<typeof testSample>>
beforeAll(async () => {
  service = await testSample()
})
afterAll(() => service.stop())

test('every change of a note is published once, with its version', async () => {
  const headers = await service.as(1)
  for (const note of ['for Ann', 'for Ann', 'for Bob']) await service.send('POST', '/', { product_id, note }, headers)
  const messages = await service.published('favourite.saved')
  expect(messages.map(({ aggregate, data }) => [aggregate.version, data])).toEqual([
    [1, { user_id: 1, product_id, note: 'for Ann' }],
    [2, { user_id: 1, product_id, note: 'for Bob' }],
  ])
  expect(new Set(messages.map(({ aggregate }) => aggregate.id)).size).toBe(1)
})

test('a note that was deleted and saved again is another aggregate', async () => {
  const headers = await service.as(2)
  await service.send('POST', '/', { product_id, note: 'x' }, headers)
  await service.send('DELETE', `/${product_id}`, undefined, headers)
  await service.send('POST', '/', { product_id, note: 'x' }, headers)
  const ofUser = (await service.published('favourite.saved')).filter(({ data }) => Object(data).user_id === 2)
  expect(ofUser.map(({ aggregate }) => aggregate.version)).toEqual([1, 1])
  expect(new Set(ofUser.map(({ aggregate }) => aggregate.id)).size).toBe(2)
})
