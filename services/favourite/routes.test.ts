import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { productId, type TestFavourite, testFavourite } from './testing'

const missing = productId(0xffff)
const limit = 12

let service: TestFavourite
beforeAll(async () => {
  service = await testFavourite({ limit })
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

const products = (count: number) => Array.from({ length: count }, () => service.newProduct())

describe('adding', () => {
  test('answers 201 with the product as it is now, and again 200 with the same favourite', async () => {
    const [user, product] = [await service.newUser(), service.newProduct({ price: 19.99 })]
    service.shop.asked.length = 0
    const first = await user.add(product)
    expect(service.shop.asked).toEqual(['product'])
    expect(first).toMatchObject({
      status: 201,
      body: { product_id: product, name: `Product ${product}`, price: 19.99, currency: 'USD', availability: 'in_stock' },
    })
    expect(first.headers.get('location')).toBe('/api/favourites')
    const again = await user.add(product)
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(await user.list()).toEqual([first.body])
  })

  test('eight times at once adds one', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    const answers = await Promise.all(Array.from({ length: 8 }, () => user.add(product)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect(await user.list()).toHaveLength(1)
  })

  test('is refused for a product that the catalog does not have, or that is no longer sold', async () => {
    const user = await service.newUser()
    expect(await user.add(missing)).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    const gone = service.newProduct({ status: 'archived' })
    expect(await user.add(gone)).toMatchObject({ status: 409, body: { code: 'product_archived' } })
    expect(await user.list()).toEqual([])
  })

  test('is refused while the catalog does not answer, but not for what is in the list', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.add(product)
    service.shop.down.add('product')
    expect(await user.add(service.newProduct())).toMatchObject({ status: 503, body: { code: 'product_unavailable' } })
    expect(await user.add(product)).toMatchObject({ status: 200, body: { product_id: product, availability: 'unknown' } })
    service.shop.down.delete('product')
  })

  test('stops at the limit, even for many at once', async () => {
    const user = await service.newUser()
    const answers = await Promise.all(products(limit + 6).map(product => user.add(product)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(limit)
    const refused = answers.filter(({ status }) => status !== 201)
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [409, 'too_many_favourites']))
    expect(await user.list()).toHaveLength(limit)
    await user.send('DELETE', `/${(await user.list())[0].product_id}`)
    expect((await user.add(service.newProduct())).status).toBe(201)
  })

  test.each([
    ['an id that is none', { product_id: 'x' }],
    ['no id', {}],
    ['an unknown field', { product_id: missing, note: 'x' }],
    ['text with quotes', { product_id: `${'a'.repeat(23)}'` }],
  ])('is refused with %s', async (_, body) => {
    const user = await service.newUser()
    expect(await user.send('POST', '/', body)).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })
})

describe('the list', () => {
  test('has the newest first, page after page', async () => {
    const user = await service.newUser()
    const [one, two, three] = products(3)
    for (const product of [one, two, three]) await user.add(product ?? '')
    const first = (await user.send('GET', '/?limit=2')).body
    expect(first).toMatchObject({ items: [{ product_id: three }, { product_id: two }], total: 3, catalog: 'current' })
    const second = (await user.send('GET', `/?limit=2&cursor=${first.next_cursor}`)).body
    expect(second.items).toMatchObject([{ product_id: one }])
    expect(second).not.toHaveProperty('next_cursor')
    expect((await user.send('GET', '/?skip=2')).body.items).toEqual(second.items)
    expect(await user.send('GET', '/?cursor=W10')).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
  })

  test('asks the catalog once for a whole page, and shows what is sold out or gone', async () => {
    const user = await service.newUser()
    const [there, soldOut, archived, vanished] = products(4)
    for (const product of [there, soldOut, archived, vanished]) await user.add(product ?? '')
    service.stock(soldOut ?? '', 0)
    service.change(archived ?? '', { status: 'archived' })
    service.shop.catalog.delete(vanished ?? '')
    service.shop.asked.length = 0
    const items = await user.list()
    expect(service.shop.asked).toEqual(['product'])
    expect(items.map((item: { availability: string }) => item.availability)).toEqual(['gone', 'gone', 'sold_out', 'in_stock'])
    expect(items[1]).toMatchObject({ product_id: archived, name: `Product ${archived}` })
    expect(items[0]).toMatchObject({ product_id: vanished, name: null, price: null, currency: null })
  })

  test('is there without names and prices while the catalog does not answer', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.add(product)
    service.shop.down.add('product')
    const { status, body } = await user.send('GET', '/')
    service.shop.down.delete('product')
    expect([status, body.catalog, body.total]).toEqual([200, 'unavailable', 1])
    expect(body.items).toMatchObject([{ product_id: product, name: null, price: null, currency: null, availability: 'unknown' }])
  })
})

describe('merging', () => {
  test('adds what a guest kept, once however often it is sent, and reports what is unknown', async () => {
    const user = await service.newUser()
    const [one, two, three] = products(3)
    const gone = service.newProduct({ status: 'archived' })
    await user.add(two ?? '')
    const product_ids = [one, two, three, three, missing, gone]
    service.shop.asked.length = 0
    expect((await user.send('POST', '/merge', { product_ids })).body).toEqual({
      added: [one, three],
      present: [two],
      unknown: [missing, gone],
    })
    expect(service.shop.asked).toEqual(['product'])
    expect((await user.send('POST', '/merge', { product_ids })).body).toEqual({
      added: [],
      present: [one, two, three],
      unknown: [missing, gone],
    })
    expect(await user.list()).toMatchObject([three, one, two].map(product_id => ({ product_id })))
  })

  test('five times at once adds each product once', async () => {
    const [user, product_ids] = [await service.newUser(), products(4)]
    const answers = await Promise.all(Array.from({ length: 5 }, () => user.send('POST', '/merge', { product_ids })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(answers.flatMap(({ body }) => body.added).sort()).toEqual(product_ids.toSorted())
    expect(await user.list()).toHaveLength(4)
  })

  test('adds nothing when the list would be too long', async () => {
    const user = await service.newUser()
    await user.add(service.newProduct())
    const answer = await user.send('POST', '/merge', { product_ids: products(limit) })
    expect(answer).toMatchObject({ status: 409, body: { code: 'too_many_favourites' } })
    expect(await user.list()).toHaveLength(1)
  })

  test.each([
    ['none', []],
    ['more than a hundred', Array.from({ length: 101 }, (_, n) => productId(n))],
    ['one that is no id', [missing, 7]],
  ])('is refused with %s', async (_, product_ids) => {
    const user = await service.newUser()
    expect(await user.send('POST', '/merge', { product_ids })).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })
})

test('removing works once, for one’s own only', async () => {
  const [user, other, product] = [await service.newUser(), await service.newUser(), service.newProduct()]
  await user.add(product)
  expect(await other.send('DELETE', `/${product}`)).toMatchObject({ status: 404, body: { code: 'favourite_not_found' } })
  expect((await user.send('DELETE', `/${product}`)).status).toBe(204)
  expect(await user.send('DELETE', `/${product}`)).toMatchObject({ status: 404, body: { code: 'favourite_not_found' } })
})

test('search may ask for the products that a user favoured last, and nobody else may', async () => {
  const user = await service.newUser()
  const [one, two, three] = products(3)
  for (const product of [one, two, three]) await user.add(product ?? '')
  const ask = async (caller: 'search' | 'order') =>
    service.send('GET', `/internal/favourites/${user.id}?limit=2`, undefined, await service.asService(caller))
  expect((await ask('search')).body).toEqual({ product_ids: [three, two] })
  expect((await ask('order')).status).toBe(403)
})
