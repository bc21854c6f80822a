import { describe, expect, test } from 'bun:test'
import {
  addCartItem,
  applyCoupon,
  exportProducts,
  getCart,
  getOrder,
  importProducts,
  listProducts,
  mergeCart,
  placeOrder,
  removeCartItem,
  ShopError,
} from '../../../sdk/src/index'
import { memoryStore } from '../../../sdk/src/store'
import { fakeShop, json, pathsOf, problem, refusal } from './fake-shop'

const order = { items: [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }], shipping_address: '1 Main Street' }
const broken = () => new TypeError('fetch failed')

describe('a call', () => {
  test('gives the content of the answer, and sends what it was given', async () => {
    const { shop, asked } = fakeShop(() => json({ items: [], total: 0 }))
    expect(await listProducts(shop, { category: 'a b&c', limit: 3 })).toMatchObject({ total: 0 })
    expect(pathsOf(asked)).toEqual(['GET /api/products?category=a+b%26c&limit=3'])
    expect(asked[0]?.headers.get('accept')).toBe('application/json')
    expect(asked[0]?.headers.has('authorization')).toBe(false)
  })
  test('tells the status and the headers of its answer to who asks for them', async () => {
    const { shop } = fakeShop(() => json({ id: 1 }, { etag: '"4"' }))
    let etag: string | null = null
    await getOrder(shop, 1, {
      onAnswer: ({ headers }) => {
        etag = headers.get('etag')
      },
    })
    expect(String(etag)).toBe('"4"')
  })
  test('takes headers in any spelling', async () => {
    const { shop, asked } = fakeShop(() => json({}))
    await importProducts(shop, 'sku,name\n', { headers: { 'Content-Type': 'text/csv' } })
    expect(asked[0]?.headers.get('content-type')).toBe('text/csv')
    expect(asked[0]?.body).toBe('sku,name\n')
  })
  test('gives text that is no JSON as text', async () => {
    const lines = '{"sku":"A"}\n{"sku":"B"}\n'
    const { shop } = fakeShop(() => new Response(lines, { headers: { 'content-type': 'application/x-ndjson' } }))
    expect(await exportProducts(shop)).toBe(lines)
  })
  test('is refused as a ShopError with all that the shop says', async () => {
    const errors = [{ path: '/items', message: 'Expected' }, { path: '/code', message: 'over', code: 'expired' }, { path: 7 }]
    const { shop } = fakeShop(() => problem(400, 'invalid_input', {}, { errors }))
    const error = await refusal(placeOrder(shop, order))
    expect(error).toBeInstanceOf(ShopError)
    expect(error).toMatchObject({ status: 400, code: 'invalid_input', message: 'It is invalid_input.', requestId: 'r-1' })
    expect(error).toHaveProperty('errors', errors.slice(0, 2))
  })
  test('is refused as a ShopError by a proxy that answers in HTML, and by JSON that is cut off', async () => {
    const page = new Response('<h1>Forbidden</h1>', { status: 403, headers: { 'x-request-id': 'r-2' } })
    expect(await refusal(getOrder(fakeShop(() => page).shop, 1))).toMatchObject({
      status: 403,
      code: 'unexpected_answer',
      requestId: 'r-2',
    })
    const cut = new Response('{"id":', { headers: { 'content-type': 'application/json' } })
    expect(await refusal(getOrder(fakeShop(() => cut).shop, 1))).toMatchObject({ status: 200, code: 'unexpected_answer' })
  })
  test('refuses an id that would lead to another route, and encodes every other', async () => {
    const { shop, asked } = fakeShop(() => new Response(null, { status: 204 }))
    for (const id of ['', '.', '..']) expect(await refusal(removeCartItem(shop, id))).toMatchObject({ code: 'unexpected_parameter' })
    await removeCartItem(shop, '../../orders?x=1')
    expect(pathsOf(asked)).toEqual(['DELETE /api/cart/items/..%2F..%2Forders%3Fx%3D1'])
  })
})

describe('a call that may not have arrived', () => {
  test('is repeated with the same idempotency key', async () => {
    const { shop, asked } = fakeShop((_, count) => (count < 3 ? broken() : json({ id: 1 }, {}, 201)))
    expect(await placeOrder(shop, order)).toMatchObject({ id: 1 })
    const keys = asked.map(({ headers }) => headers.get('idempotency-key'))
    expect(keys).toHaveLength(3)
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(keys).size).toBe(1)
  })
  test('has a key of its own each time, unless the caller gives one', async () => {
    const { shop, asked } = fakeShop(() => json({ id: 1 }))
    await placeOrder(shop, order)
    await placeOrder(shop, order)
    await placeOrder(shop, order, { headers: { 'idempotency-key': 'checkout-1' } })
    const keys = asked.map(({ headers }) => headers.get('idempotency-key'))
    expect(new Set(keys).size).toBe(3)
    expect(keys[2]).toBe('checkout-1')
  })
  test('is not repeated when it might then happen twice', async () => {
    const { shop, asked } = fakeShop(broken)
    expect(await refusal(applyCoupon(shop, { code: 'TEN' }))).toMatchObject({ status: 0, code: 'network' })
    expect(asked).toHaveLength(1)
  })
  test('is given up after four attempts', async () => {
    const { shop, asked } = fakeShop(broken)
    const error = await refusal(getOrder(shop, 1))
    expect(error).toMatchObject({ status: 0, code: 'network' })
    expect(asked).toHaveLength(4)
  })
  test('is given up when no answer has come in time', async () => {
    const silent = ({ signal }: { signal: AbortSignal }) =>
      new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const { shop } = fakeShop(silent, { timeoutMs: 5 })
    expect(await refusal(applyCoupon(shop, { code: 'TEN' }))).toMatchObject({ code: 'network' })
  })
})

describe('a busy shop', () => {
  test('is asked again after Retry-After, as a number or as a date', async () => {
    const soon = new Date(Date.now() - 5000).toUTCString()
    for (const [status, retryAfter] of [
      [429, '0'],
      [503, soon],
    ] as const) {
      const { shop, asked } = fakeShop((_, count) =>
        count === 1 ? problem(status, 'busy', { 'retry-after': retryAfter }) : json({ id: 1 }),
      )
      expect(await addCartItem(shop, { product_id: 'a', quantity: 1 })).toMatchObject({ id: 1 })
      expect(asked).toHaveLength(2)
    }
  })
  test('is asked again while it still answers the first request of the same key', async () => {
    const { shop } = fakeShop((_, count) => (count === 1 ? problem(409, 'request_in_progress', { 'retry-after': '0' }) : json({ id: 1 })))
    expect(await placeOrder(shop, order)).toMatchObject({ id: 1 })
  })
  test('is not waited for longer than allowed: the error says how long it would be', async () => {
    const { shop, asked } = fakeShop(() => problem(429, 'too_many_attempts', { 'retry-after': '60' }))
    expect(await refusal(getOrder(shop, 1))).toMatchObject({ status: 429, code: 'too_many_attempts', retryAfter: 60 })
    expect(asked).toHaveLength(1)
  })
  test('is not asked for ever', async () => {
    const { shop, asked } = fakeShop(() => problem(503, 'service_unavailable', { 'retry-after': '0' }))
    expect(await refusal(getOrder(shop, 1))).toMatchObject({ status: 503 })
    expect(asked).toHaveLength(4)
  })
  test('is not asked again for what another request would not change', async () => {
    const { shop, asked } = fakeShop(() => problem(409, 'out_of_stock', { 'retry-after': '0' }))
    expect(await refusal(placeOrder(shop, order))).toMatchObject({ code: 'out_of_stock' })
    expect(asked).toHaveLength(1)
  })
})

describe('a caller who gives up', () => {
  test('gets their own reason, and no further request is made', async () => {
    const giveUp = new AbortController()
    const { shop, asked } = fakeShop(() => problem(503, 'service_unavailable', { 'retry-after': '5' }))
    const waiting = refusal(getOrder(shop, 1, { signal: giveUp.signal }))
    await Bun.sleep(5)
    giveUp.abort(new Error('the page was left'))
    expect(await waiting).toMatchObject({ message: 'the page was left' })
    expect(asked).toHaveLength(1)
    expect(asked[0]?.signal.aborted).toBe(true)
  })
})

describe('the cart of a guest', () => {
  test('is the one whose id the first answer gave, until it is merged', async () => {
    const cart = memoryStore()
    const { shop, asked } = fakeShop(({ headers }) => json({ lines: [] }, { 'x-cart-id': headers.get('x-cart-id') ?? 'cart-1' }), { cart })
    await addCartItem(shop, { product_id: 'a', quantity: 1 })
    await getCart(shop)
    await listProducts(shop)
    expect(asked.map(({ headers }) => headers.get('x-cart-id'))).toEqual([null, 'cart-1', null])
    expect(await cart.read()).toBe('cart-1')
    await mergeCart(shop)
    expect(asked.at(-1)?.headers.get('x-cart-id')).toBe('cart-1')
    expect(await cart.read()).toBeUndefined()
  })
  test('is forgotten when the shop does not know it any more, and a new one is begun', async () => {
    const cart = memoryStore('of an earlier key')
    const respond = (given: string | null) => (given === null ? json({}, { 'x-cart-id': 'cart-2' }) : problem(400, 'invalid_cart_id'))
    const { shop, asked } = fakeShop(({ headers }) => respond(headers.get('x-cart-id')), { cart })
    await getCart(shop)
    expect(asked).toHaveLength(2)
    expect(await cart.read()).toBe('cart-2')
  })
})
