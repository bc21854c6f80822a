import { describe, expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { etag, notModified, requireMatch, versionsWanted } from './etag'
import { problemResponse, toAppError } from './http/problem'
import { closed, t } from './schema'

const known = (header: string | undefined, tag = etag(7, 40)) => {
  const set: { headers: Record<string, string> } = { headers: {} }
  const answer = notModified({ headers: { 'if-none-match': header }, set }, tag)
  expect(set.headers.etag).toBe(tag)
  return answer
}
const stale = (header: string | undefined, version = 7) => {
  try {
    requireMatch({ 'if-match': header }, version)
    return false
  } catch (error) {
    expect(error).toMatchObject({ kind: 'stale', code: 'stale' })
    return true
  }
}

test('a tag has the version and what else the answer shows', () => {
  expect(etag(7, 40)).toBe('"7-40"')
  expect(etag(7)).toBe('"7"')
})

describe('If-None-Match', () => {
  test.each(['"7-40"', 'W/"7-40"', '"1-1", "7-40"', ' W/"1-1" ,W/"7-40"', '*', '"7-40"   '])('%s matches the tag', header => {
    expect(known(header)).toBe(true)
  })
  test.each([undefined, '', '"7-41"', '"7"', '7-40', '"', '"7-40', '"17-40"', '"7-400"', ','])('%s does not', header => {
    expect(known(header)).toBe(false)
  })
})

describe('If-Match', () => {
  test.each([undefined, '*', '"7-40"', '"7-39"', '"7"', 'W/"7-1"', '"3-1", "7-2"'])(
    '%s lets version 7 be changed, whatever its stock',
    header => {
      expect(stale(header)).toBe(false)
    },
  )
  test.each(['"6-40"', '"70-40"', '"77"', '', '7-40', '"a"', '"7x"', '"-7"', '"07x-1"', '"9007199254740993-1"', '"7'])(
    '%s is stale',
    header => {
      expect(stale(header)).toBe(true)
    },
  )
  test('gives the accepted versions to a repository that compares them in its update', () => {
    expect(versionsWanted({ 'if-match': 'W/"3-1", "7-2"' })).toEqual([3, 7])
    expect(versionsWanted({ 'if-match': '*' })).toBeUndefined()
    expect(versionsWanted({})).toBeUndefined()
  })
})

const product = { version: 7, stock: 40, name: 'Lamp' }
const app = new Elysia({ normalize: false })
  .onError(({ error, code }) => problemResponse(toAppError(error, code), {}))
  .get(
    '/product',
    ({ headers, set, status }) =>
      notModified({ headers, set }, etag(product.version, product.stock)) ? status(304, undefined) : { name: product.name },
    { response: { 200: closed({ name: t.String() }), 304: t.Void() } },
  )
  .put('/product', ({ headers }) => {
    requireMatch(headers, product.version)
    return 'changed'
  })
const ask = (method: string, headers: Record<string, string> = {}) =>
  app.handle(new Request('http://localhost/product', { method, headers }))

test('an answer has its tag, and a client that knows it gets 304 without a body', async () => {
  const first = await ask('GET')
  const tag = first.headers.get('etag') ?? ''
  expect([first.status, tag, await first.json()]).toEqual([200, '"7-40"', { name: 'Lamp' }])
  const again = await ask('GET', { 'if-none-match': tag })
  expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, ''])
  expect((await ask('GET', { 'if-none-match': '"7-39"' })).status).toBe(200)
})

test('a change of a stale version is 412', async () => {
  const refused = await ask('PUT', { 'if-match': '"6-40"' })
  expect([refused.status, await refused.json()]).toMatchObject([412, { code: 'stale' }])
  expect((await ask('PUT', { 'if-match': '"7-12"' })).status).toBe(200)
})
