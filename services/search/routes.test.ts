import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { catalogProduct, productId, testSearch } from './testing'

let shop: Awaited<ReturnType<typeof testSearch>>
let service: Awaited<ReturnType<typeof shop.instance>>
const electronics = productId(0xa)
beforeAll(async () => {
  shop = await testSearch()
  shop.tree.push({ id: electronics, name: 'Electronics', slug: 'electronics-and-more', children: [] })
  const path = [electronics, productId(0xb)]
  for (const product of [
    catalogProduct({ name: 'Studio headphones', category: 'Audio', category_ids: path, price: 99.5, tags: ['new'] }),
    catalogProduct({ name: '<img onerror=alert(1)> headphones', category: 'Audio', category_ids: path, price: 20, stock: 0 }),
    catalogProduct({ name: 'Desk lamp', price: 35 }),
  ])
    shop.catalog.set(product.id, product)
  service = await shop.instance()
  await service.reindexing.fillIfEmpty()
  await eventually(async () => (await service.send('GET', '/')).body.total === 3)
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.stop()
})

const get = (path: string, headers: Record<string, string> = {}) => service.send('GET', path, undefined, headers)

describe('searching', () => {
  test('answers with products, facets and highlights', async () => {
    const { status, body } = await get('/?keyword=headphones')
    expect(status).toBe(200)
    expect(body).toMatchObject({ total: 2, skip: 0, limit: 20 })
    expect(body.items[0]).toMatchObject({
      name: 'Studio headphones',
      price: 99.5,
      currency: 'USD',
      stock: 5,
      highlights: {
        name: [
          { text: 'Studio ', match: false },
          { text: 'headphones', match: true },
        ],
      },
    })
    expect(body.items[1].highlights.name[0]).toEqual({ text: '<img onerror=alert(1)> ', match: false })
    expect(body.facets.categories).toEqual([
      { id: electronics, name: 'Electronics', slug: 'electronics-and-more', count: 2 },
      { id: productId(0xb), name: 'Audio', count: 2 },
    ])
    expect(body.facets.price_currency).toBe('USD')
  })

  test.each([
    ['name', 'electronics'],
    ['slug', 'electronics-and-more'],
    ['id', electronics],
    ['name of a descendant', 'AUDIO'],
  ])('takes a category by its %s', async (_, category) => {
    expect((await get(`/?category=${category}`)).body.total).toBe(2)
  })
  test('finds nothing in a category that does not exist', async () => {
    expect((await get('/?category=nothing')).body).toMatchObject({ total: 0, items: [] })
  })

  test('filters and sorts together', async () => {
    const { body } = await get('/?keyword=headphones&min_price=10&max_price=50&in_stock=false&sort=-price')
    expect(body.items.map(({ price }: { price: number }) => price)).toEqual([20])
    expect((await get('/?tag=new&sort=name')).body.total).toBe(1)
  })

  test('explains its order to administrators only', async () => {
    expect((await get('/?keyword=lamp&explain=true')).status).toBe(401)
    expect((await get('/?keyword=lamp&explain=true', await shop.as(7))).status).toBe(403)
    const { body } = await get('/?keyword=lmap&explain=true', await shop.as(1, 'admin'))
    expect(body.items).toEqual([])
    const explained = await get('/?keyword=headphnes&explain=true', await shop.as(1, 'admin'))
    expect(explained.body).toMatchObject({ corrected: 'headphones', items: [{ explain: { words: 1, typos: 1, in_stock: true } }, {}] })
  })

  test.each([
    ['a skip beyond what is shown', '/?skip=10001', 'search_too_deep'],
    ['a limit of nothing', '/?limit=0', 'invalid_input'],
    ['an unknown order', '/?sort=random', 'invalid_input'],
    ['an unknown field', '/?colour=red', 'invalid_input'],
    ['a rating above five', '/?min_rating=6', 'invalid_input'],
    ['a price that is none', '/?min_price=-1', 'invalid_input'],
  ])('is refused with %s', async (_, path, code) => {
    expect(await get(path)).toMatchObject({ status: 400, body: { code } })
  })

  test.each([
    ['64 kB', 'a'.repeat(65_536)],
    ['ten thousand words', Array.from({ length: 10_000 }, (_, n) => `w${n}`).join('+')],
    ['a regular expression', '(a%2B)%2B%24'],
    ['right-to-left marks', '%E2%80%AEheadphones%E2%80%AC'],
    ['half a surrogate pair', '%ED%A0%80headphones'],
    ['NULs', '%00headphones%00'],
    ['broken escapes', '%E0%A4%A'],
    ['the same field twice', 'lamp&keyword=desk'],
  ])('with %s is answered', async (_, keyword) => {
    for (const path of [`/?keyword=${keyword}`, `/suggestions?q=${keyword}`]) expect((await get(path)).status).toBeLessThan(500)
  })
  test('says when a keyword was shortened', async () => {
    expect((await get(`/?keyword=headphones+${'a'.repeat(400)}`)).body.shortened).toBe(true)
    expect((await get('/?keyword=headphones')).body.shortened).toBeUndefined()
  })
})

test('suggestions go on from what is typed', async () => {
  expect((await get('/suggestions?q=head')).body).toEqual({ items: [{ text: 'headphones', count: 2 }] })
  expect((await get('/suggestions')).status).toBe(400)
})

describe('synonyms', () => {
  test('are replaced by administrators, on every instance', async () => {
    const other = await shop.instance()
    const groups = [['lamp', 'luminaire']]
    expect((await service.send('PUT', '/synonyms', { groups }, await shop.as(7))).status).toBe(403)
    expect((await other.names('luminaire')).length).toBe(0)
    expect((await service.send('PUT', '/synonyms', { groups }, await shop.as(1, 'admin'))).body).toEqual({ groups })
    for (const instance of [service, other]) await eventually(async () => (await instance.names('luminaire'))[0] === 'Desk lamp')
    expect((await get('/synonyms', await shop.as(1, 'admin'))).body).toEqual({ groups })
  })
  test('of one word or without any letter are refused, or mean nothing', async () => {
    const put = async (groups: unknown) => (await service.send('PUT', '/synonyms', { groups }, await shop.as(1, 'admin'))).status
    expect(await put([['lamp']])).toBe(400)
    expect(await put([['lamp', '!!!']])).toBe(200)
    expect((await service.names('lamp')).length).toBe(1)
  })
})

describe('trending', () => {
  const ask = async (keyword: string, userId: number, address: string) =>
    get(`/?keyword=${encodeURIComponent(keyword)}`, { ...(await shop.as(userId)), 'x-forwarded-for': address })
  const fresh = async () => (await (await shop.instance()).trending.list(10)).map(({ query }) => query)

  test('shows a query that three people asked, and keeps no other', async () => {
    const { trending } = service
    for (const network of ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2']) await trending.note('Green Tea', network)
    await trending.note('secret wish', '10.0.0.1')
    for (const last of [1, 2, 3]) await trending.note('someone@example.com', `10.0.0.${last}`)
    const stored = await Promise.all(
      (await shop.redis.client.keys(shop.redis.key('*'))).map(key => shop.redis.client.dump(key).then(text => key + text)),
    )
    expect(stored.some(text => /green tea|secret wish|someone|10\.0\.0/i.test(text))).toBe(false)
    await trending.note('green  tea', '10.0.0.3')
    expect(await trending.list(10)).toEqual([{ query: 'green tea', people: 3 }])
  })

  test('comes from what is searched for and found', async () => {
    const keywords = ['nothing like it', 'headphones at evil.example', 'hedphones', 'headphones']
    for (const last of [1, 2, 3]) for (const keyword of keywords) await ask(keyword, 11, `10.0.1.${last}`)
    await eventually(async () => (await fresh()).includes('headphones'))
    expect((await fresh()).toSorted()).toEqual(['green tea', 'headphones'])
  })

  test('counts the networks of people, however many accounts there are in one', async () => {
    for (const user of [21, 22, 23]) await ask('studio headphones', user, `2001:db8:1:1::${user}`)
    for (const last of [1, 2, 3]) await ask('desk lamp', 21, `10.0.2.${last}`)
    await eventually(async () => (await fresh()).includes('desk lamp'))
    expect(await fresh()).not.toContain('studio headphones')
  })
})

const asService = async (name: Parameters<typeof shop.asService>[0], path: string) =>
  service.send('GET', path, undefined, await shop.asService(name))

test('drift tells what is stored and what is found, to discovery only', async () => {
  expect(await asService('discovery', '/internal/drift')).toMatchObject({ status: 200, body: { stored: 3, indexed: 3 } })
  expect((await asService('order', '/internal/drift')).status).toBe(403)
})

test('no search is kept by person', async () => {
  expect((await asService('user', '/internal/users/11/export')).body).toEqual({ data: { purchases: [], views: [] } })
  expect((await asService('order', '/internal/users/11/export')).status).toBe(403)
})
