import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type TestCart, testCart } from './testing'

let shop: TestCart
beforeAll(async () => {
  shop = await testCart()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

describe('a request with an Idempotency-Key', () => {
  const key = (text: string) => ({ 'idempotency-key': text })
  test('adds its pieces once, whether the line is new or not, and shows the cart as it is now', async () => {
    const product = shop.add()
    for (const me of [await shop.shopper(), await shop.shopper(50)]) {
      const add = (text: string, more: object = {}) =>
        me.ask('POST', '/items', { product_id: product.id, quantity: 2 }, { ...key(text), ...more })
      const [first, again, other] = [await add('a'), await add('a'), await add('b')]
      expect([first, again, other].map(({ status }) => status)).toEqual([201, 201, 200])
      expect([first, again, other].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true', null])
      expect(again.headers.get('location')).toBe('/api/cart')
      // The version that the first request asked for is gone.
      const late = await add('b', { 'if-match': '"1"' })
      expect([late.status, late.headers.get('etag'), late.body.items]).toMatchObject([200, '"2"', [{ quantity: 4 }]])
      expect(await me.pieces()).toEqual({ [product.sku]: 4 })
    }
  })
  test('adds its pieces once when it comes many times at once', async () => {
    const product = shop.add()
    const me = await shop.shopper()
    const body = { product_id: product.id, quantity: 3 }
    const answers = await Promise.all(Array.from({ length: 20 }, () => me.ask('POST', '/items', body, key('c'))))
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
    expect(await me.pieces()).toEqual({ [product.sku]: 3 })
  })
  test('may be repeated after a refusal, and is another one in another cart', async () => {
    const product = shop.add({ status: 'archived' })
    const me = await shop.shopper()
    const add = (who = me) => who.ask('POST', '/items', { product_id: product.id, quantity: 1 }, key('d'))
    expect((await add()).status).toBe(409)
    shop.products.set(product.id, { ...product, status: 'active' })
    expect([(await add()).status, (await add(await shop.shopper())).headers.get('idempotent-replayed')]).toEqual([201, null])
  })
  test('is refused with another body, and with a key that is none', async () => {
    const product = shop.add()
    const me = await shop.shopper(51)
    const add = (text: string, quantity: number) => me.ask('POST', '/items', { product_id: product.id, quantity }, key(text))
    await add('e', 1)
    expect(await add('e', 2)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    for (const path of ['/items', '/share'])
      expect(await me.ask('POST', path, { product_id: product.id, quantity: 1 }, key('x'.repeat(256)))).toMatchObject({
        status: 400,
        body: { code: 'invalid_idempotency_key' },
      })
    expect(await me.pieces()).toEqual({ [product.sku]: 1 })
  })
  test('is remembered for a day, without the key', async () => {
    const me = await shop.shopper()
    await me.ask('POST', '/items', { product_id: shop.add().id, quantity: 1 }, key('the key of a test'))
    const marks = await shop.redis.client.keys(shop.redis.key('added', '*'))
    const times = await Promise.all(marks.map(mark => shop.redis.client.ttl(mark)))
    expect(times.every(seconds => seconds > 86_000 && seconds <= 86_400)).toBe(true)
    expect(marks.filter(mark => mark.includes('the key'))).toEqual([])
  })
  test('shares the cart once, as it was', async () => {
    const product = shop.add()
    const [me, other] = [await shop.shopper(52), await shop.shopper(53)]
    for (const one of [me, other]) await one.put(product, 2)
    const share = (who: typeof me, text: string) => who.ask('POST', '/share', undefined, key(text))
    const first = await share(me, 'f')
    await me.ask('DELETE', '/')
    const again = await share(me, 'f')
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.token]).toEqual([201, 'true', first.body.token])
    expect(again.headers.get('location')).toBe('/api/cart')
    expect((await share(other, 'f')).body.token).not.toBe(first.body.token)
    await other.ask('POST', `/shared/${first.body.token}`)
    expect(await other.pieces()).toEqual({ [product.sku]: 2 })
  })
})
