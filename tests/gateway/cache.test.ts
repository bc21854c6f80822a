import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { openGateway, startService, type TestGateway } from './fixture'

/** Each answer has a number of its own, so that a number seen twice shows a cached answer. */
let made = 0
let held = Promise.resolve()
const product = startService('product', async request => {
  const { pathname, searchParams } = new URL(request.url)
  const cacheControl = searchParams.get('cache')
  const headers: Record<string, string> = { etag: '"3-7"', 'x-request-id': 'the-first' }
  if (cacheControl) headers['cache-control'] = cacheControl
  if (request.headers.get('if-none-match') === '"3-7"') return new Response(null, { status: 304, headers })
  if (searchParams.has('held')) await held
  return Response.json({ made: ++made }, { status: pathname.endsWith('/missing') ? 404 : 200, headers })
})
const other = startService('rating', () => Response.json({ made: ++made }))
let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway({ product: [product.address], rating: [other.address], search: [other.address], cart: [other.address] })
})
afterAll(async () => {
  await gateway.close()
  await Promise.all([product.stop(), other.stop()])
})

const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await gateway.fetch(path, { headers, method })
  const text = await response.text()
  return {
    status: response.status,
    cache: response.headers.get('x-cache'),
    id: response.headers.get('x-request-id'),
    etag: response.headers.get('etag'),
    made: text ? JSON.parse(text).made : undefined,
  }
}
/** For tests during which the entry must not expire. */
const anHour = 'cache=max-age%3D3600'

describe('anonymous reads of the catalog', () => {
  test.each(['/api/products/1', '/api/products', '/api/products/by-sku/LT-1', '/api/categories'])('%s is cached', async path => {
    const first = await get(`${path}?${anHour}`)
    const second = await get(`${path}?${anHour}`)
    expect([first.cache, second.cache, second.made]).toEqual(['MISS', 'HIT', first.made])
  })

  test('share one entry for all spellings of a path, and have another for each query', async () => {
    const first = await get(`/api/products/spelt?${anHour}`)
    for (const path of ['/api/v1/products/spelt', '/api/products/spelt/', '//api//products/spelt', '/api/products/%73pelt'])
      expect(await get(`${path}?${anHour}`)).toMatchObject({ cache: 'HIT', made: first.made })
    expect(await get(`/api/products/spelt?${anHour}&skip=1`)).toMatchObject({ cache: 'MISS' })
    expect(await get(`/api/products/spelt%3F${anHour.replaceAll('%', '%25')}`)).toMatchObject({ cache: 'MISS' })
  })

  test('have the id of their own request, never a cached one', async () => {
    await get(`/api/products/ids?${anHour}`, { 'x-request-id': 'filler' })
    expect(await get(`/api/products/ids?${anHour}`, { 'x-request-id': 'reader' })).toMatchObject({ cache: 'HIT', id: 'reader' })
    expect((await get(`/api/products/ids?${anHour}`)).id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('have the cached ETag; a client that holds it gets 304, and HEAD is served too', async () => {
    const full = await get(`/api/products/tag?${anHour}`, { 'if-none-match': '"1-1"' })
    expect(full).toMatchObject({ status: 200, cache: 'MISS', etag: '"3-7"' })
    for (const held of ['"3-7"', 'W/"3-7"'])
      expect(await get(`/api/products/tag?${anHour}`, { 'if-none-match': held })).toMatchObject({ status: 304, cache: 'HIT' })
    expect(await get(`/api/products/tag?${anHour}`, {}, 'HEAD')).toMatchObject({ status: 200, cache: 'HIT', etag: '"3-7"' })
  })

  test('fill the cache with a whole answer, also when the first of them has If-None-Match', async () => {
    expect(await get(`/api/products/first?${anHour}`, { 'if-none-match': '"3-7"' })).toMatchObject({ status: 304, cache: 'MISS' })
    expect(await get(`/api/products/first?${anHour}`)).toMatchObject({ status: 200, cache: 'HIT' })
  })

  test('that come at once reach the service once', async () => {
    const before = made
    const answers = await Promise.all(Array.from({ length: 30 }, () => get(`/api/products/crowd?${anHour}`)))
    expect(new Set(answers.map(answer => answer.made)).size).toBe(1)
    expect(made - before).toBe(1)
  })

  test('reach the service again after a second', async () => {
    const first = await get('/api/products/brief')
    const later = await eventually(async () => {
      const answer = await get('/api/products/brief')
      return answer.made === first.made ? undefined : answer
    })
    expect(later.cache).toBe('MISS')
  })

  test('get the stale answer while one request fetches the new one, where the service allows it', async () => {
    const path = '/api/products/renewed?cache=max-age%3D1,stale-while-revalidate%3D30&held'
    const first = await get(path)
    const { promise, resolve: release } = Promise.withResolvers<void>()
    held = promise
    const stale = await eventually(async () => {
      const answer = await get(path)
      return answer.cache === 'STALE' ? answer : undefined
    })
    expect(stale.made).toBe(first.made)
    release()
    const renewed = await eventually(async () => {
      const answer = await get(path)
      return answer.cache === 'HIT' ? answer : undefined
    })
    expect(renewed.made).toBe(first.made + 1)
  })
})

describe('never cached are', () => {
  test.each([{ authorization: 'Bearer x' }, { 'x-cart-id': 'c1' }])(
    'answers to requests with %j, which are not served from the cache either',
    async headers => {
      const path = `/api/products/mine-${Object.keys(headers)[0]}?${anHour}`
      const mine = await get(path, headers)
      const anonymous = await get(path)
      const again = await get(path, headers)
      expect([mine.cache, anonymous.cache, again.cache]).toEqual(['BYPASS', 'MISS', 'BYPASS'])
      expect(new Set([mine.made, anonymous.made, again.made]).size).toBe(3)
      expect(await get(path, { ...headers, 'if-none-match': '"3-7"' })).toMatchObject({ status: 304, cache: 'BYPASS' })
    },
  )

  test.each(['no-store', 'private', 'no-cache'])('answers that the service marks %s', async word => {
    const [one, two] = [await get(`/api/products/private?cache=${word}`), await get(`/api/products/private?cache=${word}`)]
    expect([one.cache, two.cache, two.made]).toEqual(['MISS', 'MISS', one.made + 1])
  })

  test('errors, answers to writes, and what is not the catalog', async () => {
    const twice = async (path: string, method = 'GET') =>
      [await get(path, {}, method), await get(path, {}, method)].map(answer => answer.made)
    const differ = ([one, two]: (number | undefined)[]) => one !== undefined && two !== undefined && one !== two
    expect(differ(await twice('/api/products/missing'))).toBe(true)
    expect(differ(await twice(`/api/products/batch?${anHour}`, 'POST'))).toBe(true)
    for (const path of ['/api/search?keyword=a', '/api/ratings/product/1', '/api/products/1/reviews', '/api/cart'])
      expect(differ(await twice(path))).toBe(true)
    expect((await get('/api/search')).cache).toBeNull()
  })
})
