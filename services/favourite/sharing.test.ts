import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestFavourite, testFavourite } from './testing'

let service: TestFavourite
beforeAll(async () => {
  service = await testFavourite()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

const read = (token: string, query = '') => service.send('GET', `/shared/${token}${query}`)

test('a link shows the list to everybody, without anything about its owner', async () => {
  const user = await service.newUser()
  const [one, two] = [service.newProduct(), service.newProduct()]
  await user.add(one)
  await user.watch(two, { price_drop: true })
  const { status, body, headers } = await user.send('POST', '/share')
  expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
  expect(headers.get('location')).toBe(`/api/favourites/shared/${body.token}`)
  const shared = await read(body.token)
  expect(shared.headers.get('cache-control')).toBe('no-store')
  expect(shared.body).toMatchObject({ total: 2, catalog: 'current' })
  const product = (id: string) => ({ product_id: id, name: `Product ${id}`, price: 100, currency: 'USD', availability: 'in_stock' })
  expect(shared.body.items).toEqual([product(two), product(one)])
  expect((await read(body.token, '?limit=1')).body.items).toEqual([product(two)])
})

test('a token has 256 random bits, and the database does not hold it', async () => {
  const user = await service.newUser()
  const { token } = (await user.send('POST', '/share')).body
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  const row = await service.sql.db.selectFrom('shares').selectAll().where('user_id', '=', user.id).executeTakeFirstOrThrow()
  expect(JSON.stringify(row)).not.toContain(token)
  expect((await read(row.token_hash)).status).toBe(404)
  expect((await read(row.nonce)).status).toBe(404)
})

test('a user has one link, however often and in parallel it is asked for', async () => {
  const user = await service.newUser()
  const answers = await Promise.all(Array.from({ length: 5 }, () => user.send('POST', '/share')))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201])
  expect(new Set(answers.map(({ body }) => body.token)).size).toBe(1)
})

test('a link ends at once, and the next one is another', async () => {
  const user = await service.newUser()
  const { token } = (await user.send('POST', '/share')).body
  expect((await user.send('DELETE', '/share')).status).toBe(204)
  expect(await read(token)).toMatchObject({ status: 404, body: { code: 'share_not_found' } })
  expect(await user.send('DELETE', '/share')).toMatchObject({ status: 404, body: { code: 'share_not_found' } })
  const next = (await user.send('POST', '/share')).body.token
  expect(next).not.toBe(token)
  expect([(await read(next)).status, (await read(token)).status]).toEqual([200, 404])
})

test.each(['x', 'a'.repeat(43), 'a'.repeat(64), '%27%20or%201=1', '..%2f..'])('there is no list for the token %s', async token => {
  expect(await read(token)).toMatchObject({ status: 404, body: { code: 'share_not_found' } })
})
test('a token that is too long is refused', async () => {
  expect((await read('a'.repeat(65))).status).toBe(400)
})
