import { afterEach, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { day } from '#shared/time'
import { accountDeleted, paid, type TestShop, testShop } from './testing-shop'

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

describe('what is recommended to a user', () => {
  test('goes with what they ordered, favoured and viewed, and is none of it', async () => {
    const shop = await shopWith()
    const things = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(letter => shop.add(category(letter))))
    const [ordered, favoured, viewed, withOrdered, withFavoured, withViewed] = things.map(({ id }) => ({ id }))
    if (!ordered || !favoured || !viewed || !withOrdered || !withFavoured || !withViewed) throw new Error('no products')
    await shop.buy([ordered, withOrdered], 5)
    await shop.buy([favoured, withFavoured], 5)
    await shop.buy([viewed, withViewed], 5)
    await indexed(shop, 6)
    const me = await shop.as(42)
    await shop.buy([ordered], 1, { user_id: 42 })
    shop.favourites.set(42, [favoured.id])
    expect((await shop.one.send('POST', '/views', { product_id: viewed.id }, me)).status).toBe(204)

    const { items } = await shop.recommended('/me', me)
    expect(items.map(({ id, reason }) => [id, reason])).toEqual([
      [withOrdered.id, 'bought_together'],
      [withFavoured.id, 'bought_together'],
      [withViewed.id, 'viewed'],
    ])
    shop.down.add('favourite')
    expect((await shop.recommended('/me', me)).ids.slice(0, 2)).toEqual([withOrdered.id, withViewed.id])
    expect((await shop.one.recommend('GET', '/me')).status).toBe(401)
  })

  test('of whom nothing is known is popular', async () => {
    const shop = await shopWith()
    const product = await shop.add()
    await indexed(shop, 1)
    expect((await shop.recommended('/me', await shop.as(42))).because('popular')).toEqual([product.id])
  })

  test('follows what they viewed as a guest on the same device', async () => {
    const shop = await shopWith()
    const [viewed, companion] = [await shop.add(category('a')), await shop.add(category('b'))]
    await shop.buy([viewed, companion], 4)
    await indexed(shop, 2)
    const guest_id = 'a-guest-on-this-device'
    expect((await shop.one.send('POST', '/views', { product_id: viewed.id, guest_id }, {})).status).toBe(204)
    const me = await shop.as(42)
    expect((await shop.one.send('POST', '/views', { product_id: companion.id, guest_id }, me)).status).toBe(204)
    const { body } = await shop.one.send('GET', '/internal/users/42/export', undefined, await shop.asService('user'))
    expect(body.data.views.map(({ product_id }: { product_id: string }) => product_id)).toEqual([companion.id, viewed.id])
  })

  test('is exported and erased, and late events of an erased user leave nothing of them', async () => {
    const shop = await shopWith()
    const [product, other] = [await shop.add(category('a')), await shop.add(category('b'))]
    await indexed(shop, 2)
    const me = await shop.as(42)
    const at = new Date(Date.now() - day)
    const orderOf = (order_id: number) => ({ order_id, user_id: 42, product_ids: [product.id, other.id], at })
    await shop.one.handle(paid(orderOf(1)))
    await shop.one.send('POST', '/views', { product_id: product.id }, me)
    const exported = async () =>
      (await shop.one.send('GET', '/internal/users/42/export', undefined, await shop.asService('user'))).body.data
    expect((await exported()).purchases).toContainEqual({ order_id: 1, product_id: product.id, paid_at: expect.stringContaining('T') })
    expect((await exported()).views).toHaveLength(1)

    await shop.one.handle(accountDeleted(42), accountDeleted(42), paid(orderOf(2)))
    await shop.one.send('POST', '/views', { product_id: product.id }, me)
    expect(await exported()).toEqual({ purchases: [], views: [] })
  })
})

test('a view is of a product that is sold, by somebody', async () => {
  const shop = await shopWith()
  const product = await shop.add()
  await indexed(shop, 1)
  const view = async (body: object, headers = {}) => {
    const { status, body: answer } = await shop.one.send('POST', '/views', body, headers)
    return [status, answer?.code]
  }
  const guest_id = 'a-guest-on-this-device'
  expect(await view({ product_id: product.id })).toEqual([400, 'viewer_required'])
  expect(await view({ product_id: 'f'.repeat(24), guest_id })).toEqual([404, 'product_not_found'])
  for (const body of [
    {},
    { product_id: 'x', guest_id },
    { product_id: product.id, guest_id: 'short' },
    { product_id: product.id, guest_id: '../../../etc/passwd' },
    { product_id: product.id, guest_id, user_id: 1 },
  ])
    expect((await view(body))[0]).toBe(400)
  expect(await view({ product_id: product.id, guest_id }, { authorization: 'Bearer nonsense' })).toEqual([401, 'invalid_token'])
})
