import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { opinion, product, type TestRating, testRating } from './testing'
import { missingProduct } from './testing-clients'

let service: TestRating
beforeAll(async () => {
  service = await testRating()
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

let products = 0x1000
const newProduct = () => product(++products)

describe('a review', () => {
  test('is shown with its product, by both paths alike', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const written = {
      rating: 4,
      title: 'Light',
      comment: opinion('a'),
      images: ['https://images.example.com/desk.jpg'],
      incentivised: true,
    }
    const { status, headers, body } = await user.send('POST', `/products/${id}/reviews`, written)
    expect([status, headers.get('location')]).toEqual([201, '/api/ratings/me'])
    expect(body).toMatchObject({
      ...written,
      product_id: id,
      user_id: user.id,
      status: 'published',
      verified_purchase: false,
      reason: null,
    })
    const { reason: _, ...shown } = body
    expect(await service.list(id)).toEqual({ items: [shown], total: 1, skip: 0, limit: 20 })
    expect((await service.send('GET', `/products/${id}/reviews`)).body.items).toEqual([shown])
    expect((await user.send('GET', '/ratings/me')).body.items).toEqual([body])
    const other = newProduct()
    await user.review(other, 3)
    expect((await user.send('GET', `/ratings/me?product_id=${id}&limit=1`)).body).toEqual({
      items: [body],
      total: 1,
      skip: 0,
      limit: 1,
      next_cursor: expect.any(String),
    })
    expect((await user.send('GET', `/ratings/me?product_id=${newProduct()}`)).body.total).toBe(0)
    expect((await user.send('GET', '/ratings/me?product_id=7')).status).toBe(400)
  })

  test('is the only one of its author about that product, also by the other path and when eight arrive at once', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => user.review(id, (n % 5) + 1)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 7 }, () => 409)])
    expect(await user.send('POST', `/products/${id}/reviews`, { rating: 1 })).toMatchObject({
      status: 409,
      body: { code: 'already_reviewed' },
    })
    expect((await service.summary(id)).count).toBe(1)
  })

  test('is written once for a key, and another body under that key is refused', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const key = { 'idempotency-key': 'review-1' }
    const answers = await Promise.all(
      [1, 2, 3].map(() => user.send('POST', '/ratings', { product_id: id, rating: 5, comment: opinion('k') }, key)),
    )
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(2)
    expect((await user.send('POST', '/ratings', { product_id: id, rating: 1 }, key)).body.code).toBe('idempotency_key_reused')
    expect(await user.send('POST', `/products/${id}/reviews`, { rating: 5, comment: opinion('k') }, key)).toMatchObject({ status: 201 })
  })

  test('is about a product that exists; which ones do is remembered', async () => {
    const user = await service.newUser()
    expect(await user.review(missingProduct, 5)).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    const id = newProduct()
    service.products.down.add('product')
    expect(await user.review(id, 5)).toMatchObject({ status: 503, body: { code: 'product_unavailable' } })
    service.products.down.delete('product')
    await user.review(id, 5)
    service.products.down.add('product')
    expect((await (await service.newUser()).review(id, 5)).status).toBe(201)
    service.products.down.delete('product')
  })

  test('can be changed and deleted by its author alone', async () => {
    const [id, user, other] = [newProduct(), await service.newUser(), await service.newUser()]
    const { body } = await user.review(id, 5, { title: 'Good' })
    for (const someone of [other, service.admin]) {
      expect(await someone.send('PATCH', `/ratings/${body.id}`, { rating: 1 })).toMatchObject({
        status: 404,
        body: { code: 'review_not_found' },
      })
      expect((await someone.send('DELETE', `/ratings/${body.id}`)).status).toBe(404)
    }
    const changed = await user.send('PATCH', `/ratings/${body.id}`, { rating: 2, title: null })
    expect(changed.body).toMatchObject({ rating: 2, title: null, status: 'published' })
    expect((await user.send('PATCH', `/ratings/${body.id}`, { rating: 2 })).body).toEqual(changed.body)
    expect((await user.send('DELETE', `/ratings/${body.id}`)).status).toBe(204)
    expect((await user.send('DELETE', `/ratings/${body.id}`)).status).toBe(404)
    expect((await service.list(id)).total).toBe(0)
    expect((await user.review(id, 3)).status).toBe(201)
  })

  test('keeps markup as the text that it is', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const comment = '<script>alert(1)</script> {{ 7 | times: 7 }} <b onmouseover="x()">'
    await user.review(id, 5, { title: '<h1>', comment })
    expect((await service.list(id)).items[0]).toMatchObject({ title: '<h1>', comment })
  })
})

describe('bad input is refused, with nothing stored:', () => {
  test.each([
    ['no stars', { rating: 0 }],
    ['six stars', { rating: 6 }],
    ['half a star', { rating: 4.5 }],
    ['stars as text', { rating: '5' }],
    ['no rating', {}],
    ['10,000 letters', { rating: 5, comment: 'x'.repeat(10_000) }],
    ['5,001 letters', { rating: 5, comment: 'x'.repeat(5001) }],
    ['a title of 201 letters', { rating: 5, title: 'x'.repeat(201) }],
    ['a blank comment', { rating: 5, comment: ' \n ' }],
    ['eleven images', { rating: 5, images: Array.from({ length: 11 }, (_, n) => `https://example.com/${n}.jpg`) }],
    ['an unknown field', { rating: 5, verified_purchase: true }],
    ['a status', { rating: 5, status: 'published' }],
  ])('%s', async (_, body) => {
    const [id, user] = [newProduct(), await service.newUser()]
    expect(await user.send('POST', `/products/${id}/reviews`, body)).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
    expect((await service.summary(id)).count).toBe(0)
  })

  test('without a token or with a bad body, 401 comes before 400', async () => {
    expect((await service.send('POST', '/ratings', { rating: 9 })).status).toBe(401)
    expect((await (await service.newUser()).send('POST', `/ratings/${product(1)}/approve`, { zonk: 1 })).status).toBe(403)
  })

  test('an image on another host than a public one, and each of them is named', async () => {
    const [id, user] = [newProduct(), await service.newUser()]
    const images = ['https://example.com/a.jpg', 'javascript:alert(1)', 'https://127.0.0.1/a.jpg']
    const { status, body, text } = await user.review(id, 5, { images })
    expect([status, body.code, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      'invalid_image',
      ['/images/1', '/images/2'],
    ])
    expect(text).not.toContain('alert')
  })
})

test('the policy says for programs who may review, how purchases are verified, and how reviews are scored and sorted', async () => {
  const { status, body } = await service.send('GET', '/ratings/policy')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    who_may_review: 'registered_users',
    verification: { method: 'delivered_order', unverified_shown: true },
    publication: { rating_considered: false, reasons_kept: true },
    scoring: { score: { prior_reviews: 8, prior_mean: 'shop_mean' } },
    sorting: { default: 'helpful' },
  })
})
