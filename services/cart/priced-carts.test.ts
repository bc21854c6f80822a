import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { hour } from '#shared/time'
import { accountDeleted, type TestCart, testCart } from './testing'

let shop: TestCart
beforeAll(async () => {
  shop = await testCart()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})
let users = 100
const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

describe('changes at once', () => {
  test('50 times "+1" make 50, whether the line was there or not', async () => {
    const product = shop.add()
    for (const me of [await shop.shopper(), await shop.shopper(++users)]) {
      await Promise.all(times(50, () => me.put(product)))
      expect(await me.pieces()).toEqual({ [product.sku]: 50 })
    }
  })
  test('"+1" of a line that is there calls the store once, and asks only product, for the prices to show', async () => {
    const product = shop.add()
    const me = await shop.shopper()
    await me.put(product)
    const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await shop.redis.client.info('commandstats'))?.[1])
    shop.asked.length = 0
    const before = await calls()
    await me.put(product)
    // Other tests use the same server, so that there may be more calls than ours.
    expect(await calls()).toBeGreaterThan(before)
    expect(shop.asked).toEqual(['product'])
  })
})

describe('If-Match', () => {
  test('refuses a change of another version; the tag of a cart changes with its prices, too', async () => {
    const product = shop.add()
    const me = await shop.shopper()
    const { headers } = await me.put(product)
    expect(headers.get('etag')).toBe('"1"')
    expect((await me.ask('POST', '/items', { product_id: product.id, quantity: 1 }, { 'if-match': '"1"' })).status).toBe(200)
    for (const [method, path, body] of [
      ['POST', '/items', { product_id: product.id, quantity: 1 }],
      ['PUT', `/items/${product.id}`, { quantity: 9 }],
      ['DELETE', `/items/${product.id}`],
      ['DELETE', '/'],
      ['DELETE', '/coupon'],
    ] as const)
      expect((await me.ask(method, path, body, { 'if-match': '"1"' })).status).toBe(412)
    expect(await me.pieces()).toEqual({ [product.sku]: 2 })

    const tag = (await me.ask('GET', '/')).headers.get('etag') ?? ''
    expect((await me.ask('GET', '/', undefined, { 'if-none-match': tag })).status).toBe(304)
    shop.products.set(product.id, { ...product, price: 21 })
    expect((await me.ask('GET', '/', undefined, { 'if-none-match': tag })).status).toBe(200)
    expect((await me.ask('PUT', `/items/${product.id}`, { quantity: 5 }, { 'if-match': `W/${tag}` })).status).toBe(200)
  })
  test('holds for a merge and for a copy of a shared cart', async () => {
    const [me, guest, friend] = [await shop.shopper(++users), await shop.shopper(), await shop.shopper(++users)]
    await me.put(shop.add())
    await guest.put(shop.add())
    await friend.put(shop.add())
    const { token } = (await friend.ask('POST', '/share')).body
    const merge = (tag: string) => me.ask('POST', '/merge', undefined, { 'x-cart-id': guest.headers['x-cart-id'] ?? '', 'if-match': tag })
    const copy = (tag: string) => me.ask('POST', `/shared/${token}`, undefined, { 'if-match': tag })
    expect([(await merge('"7"')).status, (await copy('"7"')).status]).toEqual([412, 412])
    expect([(await merge('"1"')).status, (await copy('"2"')).status]).toEqual([200, 200])
    expect((await me.cart()).items).toHaveLength(3)
  })
  test('does not match again after the cart was emptied', async () => {
    const product = shop.add()
    const me = await shop.shopper()
    await me.put(product)
    await me.ask('DELETE', '/')
    await me.put(product)
    expect((await me.ask('DELETE', '/', undefined, { 'if-match': '"1"' })).status).toBe(412)
  })
})

describe('merging', () => {
  test('adds up the pieces up to the stock, and once for parallel logins', async () => {
    const [both, scarce, own, added] = [shop.add(), shop.add({ stock: 4 }), shop.add(), shop.add()]
    const [me, guest] = [await shop.shopper(++users), await shop.shopper()]
    await me.put(both, 2)
    await me.put(scarce, 3)
    await me.put(own, 1)
    await guest.put(both, 3)
    await guest.put(scarce, 3)
    await guest.put(added, 5)
    const answers = await Promise.all(
      times(8, () => me.ask('POST', '/merge', undefined, { 'x-cart-id': guest.headers['x-cart-id'] ?? '' })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const merged = { [both.sku]: 5, [scarce.sku]: 4, [own.sku]: 1, [added.sku]: 5 }
    expect(await me.pieces()).toEqual(merged)
    expect(await guest.pieces()).toEqual({})
    await me.ask('POST', '/merge', undefined, { 'x-cart-id': guest.headers['x-cart-id'] ?? '' })
    expect(await me.pieces()).toEqual(merged)
  })
  test('loses no line that the guest adds meanwhile', async () => {
    const product = shop.add({ stock: 1000 })
    const [me, guest] = [await shop.shopper(++users), await shop.shopper()]
    const more = times(20, () => shop.add())
    const id = guest.headers['x-cart-id'] ?? ''
    await guest.put(product)
    await Promise.all([...more.map(one => guest.put(one)), ...times(5, () => me.ask('POST', '/merge', undefined, { 'x-cart-id': id }))])
    await me.ask('POST', '/merge', undefined, { 'x-cart-id': id })
    expect(Object.keys(await me.pieces())).toHaveLength(21)
  })
  test('keeps a line that is out of stock, and the coupon', async () => {
    shop.coupons.set('TEN', { percent: 10 })
    const product = shop.add({ stock: 2 })
    const [me, guest] = [await shop.shopper(++users), await shop.shopper()]
    await guest.put(product, 2)
    await guest.ask('POST', '/coupon', { code: 'TEN' })
    shop.products.set(product.id, { ...product, stock: 0 })
    const { body } = await me.ask('POST', '/merge', undefined, { 'x-cart-id': guest.headers['x-cart-id'] ?? '' })
    expect(body).toMatchObject({ items: [{ quantity: 1, availability: 'out_of_stock' }], coupon: { code: 'TEN' } })
  })
  test('changes nothing when the cart would be too full', async () => {
    const [me, guest] = [await shop.shopper(++users), await shop.shopper()]
    await Promise.all(times(60, () => me.put(shop.add())))
    await Promise.all(times(60, () => guest.put(shop.add())))
    const id = guest.headers['x-cart-id'] ?? ''
    expect(await me.ask('POST', '/merge', undefined, { 'x-cart-id': id })).toMatchObject({ status: 409, body: { code: 'cart_full' } })
    expect([Object.keys(await me.pieces()).length, Object.keys(await guest.pieces()).length]).toEqual([60, 60])
  })
  test('changes nothing when the carts have two currencies', async () => {
    const [me, guest] = [await shop.shopper(++users), await shop.shopper()]
    const [dollars, euros] = [shop.add(), shop.add({ currency: 'EUR' })]
    await me.put(dollars)
    await guest.put(euros)
    const merged = await me.ask('POST', '/merge', undefined, { 'x-cart-id': guest.headers['x-cart-id'] ?? '' })
    expect(merged).toMatchObject({ status: 409, body: { code: 'currency_mismatch' } })
    expect([await me.pieces(), await guest.pieces()]).toEqual([{ [dollars.sku]: 1 }, { [euros.sku]: 1 }])
  })
  test('needs the id of the guest cart', async () => {
    expect(await (await shop.shopper(++users)).ask('POST', '/merge')).toMatchObject({ status: 400, body: { code: 'cart_id_required' } })
  })
})

describe('sharing', () => {
  test('copies the cart as it was, at today’s prices; copying twice is copying once', async () => {
    const [kept, gone] = [shop.add({ price: 10 }), shop.add()]
    const me = await shop.shopper(++users)
    await me.put(kept, 3)
    await me.put(gone, 1)
    const { status, body, headers } = await me.ask('POST', '/share')
    expect(status).toBe(201)
    expect(headers.get('location')).toBe('/api/cart')
    expect(Buffer.from(String(body.token), 'base64url').length).toBeGreaterThanOrEqual(16)
    await me.ask('DELETE', '/')
    shop.products.set(gone.id, { ...gone, status: 'archived' })
    shop.products.set(kept.id, { ...kept, price: 12 })
    const other = await shop.shopper()
    await other.put(kept, 1)
    for (const _ of times(2, () => 0)) await other.ask('POST', `/shared/${body.token}`)
    expect(await other.pieces()).toEqual({ [kept.sku]: 3 })
    const third = await shop.shopper(++users)
    await third.ask('POST', `/shared/${body.token}`)
    expect((await third.cart()).items).toMatchObject([{ added_price: 12, price_changed: false }])
  })
  test('makes no cart for a guest: the cart must have something in it', async () => {
    const product = shop.add()
    const me = await shop.shopper(++users)
    await me.put(product, 3)
    const { body } = await me.ask('POST', '/share')
    const guest = await shop.shopper()
    for (const headers of [{}, guest.headers]) {
      const refused = await shop.send('POST', `/shared/${body.token}`, undefined, headers)
      expect(refused).toMatchObject({ status: 409, body: { code: 'cart_required' } })
    }
    expect(await shop.redis.client.exists(shop.redis.key('guest', guest.headers['x-cart-id'] ?? ''))).toBe(0)
    await guest.put(shop.add())
    expect((await guest.ask('POST', `/shared/${body.token}`)).body.items).toHaveLength(2)
  })
  test('is refused for an empty cart, and copying for an unknown token', async () => {
    expect(await (await shop.shopper(++users)).ask('POST', '/share')).toMatchObject({ status: 409, body: { code: 'cart_empty' } })
    for (const token of ['nosuch', 'k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGe'])
      expect((await shop.send('POST', `/shared/${token}`)).status).toBe(404)
  })
  test('keeps the last 20', async () => {
    const me = await shop.shopper(++users)
    await me.put(shop.add())
    const tokens: unknown[] = []
    for (const _ of times(21, () => 0)) tokens.push((await me.ask('POST', '/share')).body.token)
    const found = await Promise.all(tokens.map(async token => (await me.ask('POST', `/shared/${token}`)).status))
    expect(found).toEqual([404, ...times(20, () => 200)])
  })
})

describe('a cart', () => {
  test('expires an hour after a guest made it, 7 days after it was used again; 90 days after a user’s last look', async () => {
    const [me, guest] = [await shop.shopper(++users), await shop.shopper()]
    const product = shop.add()
    const keys = [shop.redis.key('user', users), shop.redis.key('guest', guest.headers['x-cart-id'] ?? '')] as const
    await Promise.all([me.put(product), guest.put(product)])
    const left = () => Promise.all(keys.map(async key => Math.round((await shop.redis.client.ttl(key)) / 3600)))
    expect(await left()).toEqual([90 * 24, 1])
    await guest.put(product)
    expect(await left()).toEqual([90 * 24, 7 * 24])
    await Promise.all(keys.map(key => shop.redis.client.expire(key, 86_400)))
    await Promise.all([me.cart(), guest.cart()])
    expect(await left()).toEqual([90 * 24, 7 * 24])
  })
  test('is exported for its user, and deleted with the account, its shares included', async () => {
    const user = ++users
    const me = await shop.shopper(user)
    const product = shop.add()
    await me.put(product)
    const { body } = await me.ask('POST', '/share')
    const exported = await shop.send('GET', `/internal/users/${user}/export`, undefined, await shop.asService('user'))
    expect(exported.body.data).toEqual({ items: [{ product_id: product.id, sku: product.sku, quantity: 1 }] })
    await shop.handle(accountDeleted(user), accountDeleted(user))
    expect(await me.pieces()).toEqual({})
    expect((await shop.send('POST', `/shared/${body.token}`)).status).toBe(404)
  })
  test('that a request fills while the account is erased goes within minutes', async () => {
    const user = ++users
    const me = await shop.shopper(user)
    const product = shop.add()
    await shop.handle(accountDeleted(user))
    await me.put(product)
    const { body } = await me.ask('POST', '/share')
    await shop.carts.forgetStragglers(new Date())
    expect(await me.pieces()).toEqual({})
    expect((await shop.send('POST', `/shared/${body.token}`)).status).toBe(404)

    // An hour later no request of that time is under way any more.
    await shop.carts.forgetStragglers(new Date(Date.now() + 2 * hour))
    expect(await shop.redis.client.zscore(shop.redis.key('erased'), user)).toBeNull()
  })
})
