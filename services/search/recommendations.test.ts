import { afterEach, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { cancelled, paid, refunded, type TestShop, testShop, told } from './testing-shop'

let open: TestShop | undefined
const shopWith = async () => {
  open = await testShop()
  return open
}
afterEach(async () => {
  expect(open?.failures).toEqual([])
  await open?.stop()
  open = undefined
})
/** Nothing but its category makes a product like another. */
const category = (letter: string) => ({ category: letter.repeat(5), category_ids: [letter.repeat(24)], description: '' })
const indexed = (shop: TestShop, count: number) => eventually(() => shop.one.live.index.size === count)

describe('what goes with a product', () => {
  test('is first what was bought with it, then what is like it, then what is popular', async () => {
    const shop = await shopWith()
    const [lamp, bulb, other, hit] = [
      await shop.add({ name: 'Brass reading lamp', ...category('a') }),
      await shop.add({ name: 'Warm bulb', ...category('b') }),
      await shop.add({ name: 'Steel reading lamp', ...category('a') }),
      await shop.add({ name: 'Socks', ...category('c') }),
    ]
    await shop.buy([lamp, bulb], 5)
    await shop.buy([hit], 50)
    await indexed(shop, 4)
    await shop.one.refreshPopularity()
    await eventually(() => shop.one.live.index.facts(hit.id)?.popularity)
    const { ids, because } = await shop.recommended(`/product/${lamp.id}`)
    expect(ids).toEqual([bulb.id, other.id, hit.id])
    expect([because('bought_together'), because('similar'), because('popular')]).toEqual([[bulb.id], [other.id], [hit.id]])
    expect((await shop.recommended(`/product/${bulb.id}`)).because('bought_together')).toEqual([lamp.id])
    expect((await shop.recommended(`/product/${lamp.id}?limit=1`)).ids).toEqual([bulb.id])
  })

  test('is popular in its category where nothing is known of it', async () => {
    const shop = await shopWith()
    const [fresh, near, far] = [
      await shop.add({ name: 'Alpha', ...category('a') }),
      await shop.add({ name: 'Beta', ...category('a') }),
      await shop.add({ name: 'Gamma', ...category('b') }),
    ]
    await shop.buy([far], 9)
    await shop.buy([near], 2)
    await indexed(shop, 3)
    const { items } = await shop.recommended(`/product/${fresh.id}`)
    expect(items.map(({ id, reason }) => [id, reason])).toEqual([
      [near.id, expect.stringMatching(/^(similar|popular_in_category)$/)],
      [far.id, 'popular'],
    ])
  })

  test('is nothing archived, sold out, or the product itself, and less than all of one category', async () => {
    const shop = await shopWith()
    const product = await shop.add({ name: 'Anchor', ...category('a') })
    const [gone, soldOut] = [
      await shop.add({ name: 'Gone', ...category('b') }),
      await shop.add({ name: 'Sold out', stock: 0, ...category('b') }),
    ]
    const many = await Promise.all(Array.from({ length: 8 }, () => shop.add(category('c'))))
    const others = await Promise.all(Array.from({ length: 8 }, (_, n) => shop.add(category('def'[n % 3] ?? 'd'))))
    for (const one of [gone, soldOut, ...many]) await shop.buy([product, one], 6)
    for (const one of others) await shop.buy([product, one], 3)
    await shop.archive(gone)
    await indexed(shop, 18)
    const { items, ids } = await shop.recommended(`/product/${product.id}`)
    expect(ids).toHaveLength(10)
    for (const absent of [gone, soldOut, product]) expect(ids).not.toContain(absent.id)
    expect(items.filter(one => one.category === 'ccccc')).toHaveLength(4)
    expect(items.every(({ stock }) => stock > 0)).toBe(true)
  })

  test('is 404 for a product that is not sold', async () => {
    const shop = await shopWith()
    const product = await shop.add()
    await indexed(shop, 1)
    await shop.archive(product)
    await indexed(shop, 0)
    for (const id of [product.id, 'f'.repeat(24)])
      expect((await shop.one.recommend('GET', `/product/${id}`)).body).toMatchObject({ status: 404, code: 'product_not_found' })
  })
})

describe('what goes with a cart', () => {
  test('fits most of it, and is not in it', async () => {
    const shop = await shopWith()
    const [tent, mat, stove, book] = [
      await shop.add(category('a')),
      await shop.add(category('b')),
      await shop.add(category('c')),
      await shop.add(category('d')),
    ]
    await shop.buy([tent, mat, stove], 6)
    await shop.buy([tent, book], 5)
    await indexed(shop, 4)
    const { ids, because } = await shop.recommended(`/cart?product_ids=${tent.id},${mat.id},${tent.id},${'e'.repeat(24)}`)
    expect(because('bought_together')).toEqual([stove.id, book.id])
    expect(ids).not.toContain(tent.id)
    expect(ids).not.toContain(mat.id)
  })

  test('of a hostile list is 400, and of a long one is answered', async () => {
    const shop = await shopWith()
    const product = await shop.add()
    await indexed(shop, 1)
    const list = (count: number) => Array.from({ length: count }, (_, n) => n.toString(16).padStart(24, '0')).join(',')
    const bad = [
      '',
      'x',
      `${product.id},`,
      `,${product.id}`,
      `${product.id};${product.id}`,
      product.id.toUpperCase().replace(/0/g, 'G'),
      list(41),
    ]
    for (const ids of [...bad, list(2600), '%00', "'%20OR%201=1"])
      expect([ids.slice(0, 40), (await shop.one.recommend('GET', `/cart?product_ids=${ids}`)).status]).toEqual([ids.slice(0, 40), 400])
    for (const query of ['', '&limit=0', '&limit=21', '&limit=x', '&more=1'])
      expect((await shop.one.recommend('GET', query ? `/cart?product_ids=${product.id}${query}` : '/cart')).status).toBe(400)
    expect((await shop.one.recommend('GET', `/cart?product_ids=${list(40)}`)).status).toBe(200)
    for (const id of ['x', `${product.id}0`, '..%2f..', '__proto__'])
      expect((await shop.one.recommend('GET', `/product/${id}`)).status).toBe(400)
  })
})

describe('orders', () => {
  const pairOf = async (shop: TestShop) => {
    const pair = [await shop.add(category('a')), await shop.add(category('b'))]
    await indexed(shop, 2)
    const [left, right] = pair.map(({ id }) => id)
    const together = async () => (await shop.recommended(`/product/${left}`)).because('bought_together').includes(right ?? '')
    const order = (order_id: number) => ({ order_id, product_ids: pair.map(({ id }) => id) })
    return { together, order, pair }
  }

  test('that come twice, swapped or late count once; those that are cancelled or refunded whole do not count', async () => {
    const shop = await shopWith()
    const { together, order } = await pairOf(shop)
    const { handle } = shop.one
    for (let n = 1; n <= 2; n++) for (let again = 0; again < 5; again++) await handle(paid(order(n)))
    expect(await together()).toBe(false)
    await handle(cancelled(order(3)), paid(order(3)))
    await handle(paid(order(4)), cancelled(order(4)), paid(order(4)), cancelled(order(4)))
    await handle(paid(order(5)), refunded(5, 40), refunded(5, 100))
    await handle(refunded(6, 100), paid(order(6)))
    expect(await together()).toBe(false)
    await handle(paid(order(7)))
    expect(await together()).toBe(true)
    await handle(cancelled(order(7)))
    expect(await together()).toBe(false)
  })

  test('count on although a part was refunded, or what was paid twice', async () => {
    const shop = await shopWith()
    const { together, order } = await pairOf(shop)
    for (let n = 1; n <= 3; n++) await shop.one.handle(paid(order(n)))
    await shop.one.handle(refunded(1, 40), refunded(2, 100, { cause: 'paid_twice' }), refunded(3, 100, { cause: 'overpaid' }))
    expect(await together()).toBe(true)
  })

  test('on delivery count when they are packed; orders that are paid or go on count no second time', async () => {
    const shop = await shopWith()
    const { together, order } = await pairOf(shop)
    const { handle } = shop.one
    await handle(told('fulfilling', 'awaiting_payment', order(1)), told('awaiting_payment', 'pending', order(2)))
    await handle(
      paid(order(3)),
      told('fulfilling', 'paid', order(3)),
      told('shipped', 'fulfilling', order(3)),
      told('delivered', 'shipped', order(3)),
    )
    expect(await together()).toBe(false)
    await handle(told('fulfilling', 'awaiting_payment', order(4)))
    expect(await together()).toBe(true)
  })

  test('of another instance count at once', async () => {
    const shop = await shopWith()
    const { together, order } = await pairOf(shop)
    const other = await shop.instance()
    await Promise.all([1, 2, 3].flatMap(n => [other.handle(paid(order(n))), shop.one.handle(paid(order(n)))]))
    expect(await together()).toBe(true)
  })

  test('make products popular in searches, until they are taken back', async () => {
    const shop = await shopWith()
    const [first, second] = [await shop.add({ name: 'One thing' }), await shop.add({ name: 'Two things' })]
    await shop.buy([second], 3)
    await shop.one.handle(paid({ order_id: 77, product_ids: [second.id] }))
    await indexed(shop, 2)
    await shop.one.refreshPopularity()
    const popularity = (id: string) => shop.one.live.index.facts(id)?.popularity ?? 0
    await eventually(() => popularity(second.id) > 3.9)
    expect(popularity(first.id)).toBe(0)
    expect((await shop.one.send('GET', '/?sort=popular')).body.items[0].id).toBe(second.id)
    await shop.one.handle(cancelled({ order_id: 77, product_ids: [second.id] }))
    await shop.one.refreshPopularity()
    await eventually(() => popularity(second.id) < 3.1)
  })
})
