import { beforeAll, expect, test } from 'bun:test'
import type { Static } from '#shared/schema'
import type { ProductView } from '../../services/product/model'
import type { OwnReviewView, ReviewView, SummaryView } from '../../services/rating/model'
import type { List } from '../caller'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces, type Shopper, until } from '../shopper'

expectNoDriftAfterwards()

const reviewsOf = async (productId: string) => (await shop.guest.call<List<ReviewView>>('GET', `/api/products/${productId}/reviews`)).items
const summaryOf = (productId: string) => shop.guest.call<Static<typeof SummaryView>>('GET', `/api/ratings/product/${productId}/summary`)
const review = (person: Shopper, productId: string, body: object) =>
  person.call<OwnReviewView>('POST', `/api/products/${productId}/reviews`, { body })

// Each comment is too short to be compared with those of other accounts, such as those of an earlier run.
let ann: Shopper
let bob: Shopper
beforeAll(async () => {
  ;[ann, bob] = await Promise.all([shop.shopper(), shop.shopper()])
})

test('who reviews before the parcel arrives is a verified buyer once it has, and others are not', async () => {
  const product = await shop.addProduct()
  const order = await ann.buy(pieces(product))
  expect(await review(ann, product.id, { rating: 5, comment: 'For its keyboard.' })).toMatchObject({ verified_purchase: false })
  await review(bob, product.id, { rating: 2, comment: 'Seen at a friend’s.' })
  await shop.deliver((await ann.untilShipment(order.id)).id)
  await until(async () => (await reviewsOf(product.id)).some(({ verified_purchase }) => verified_purchase))
  const verified = (await reviewsOf(product.id)).filter(({ verified_purchase }) => verified_purchase)
  expect(verified.map(({ user_id }) => user_id)).toEqual([ann.id])
})

test('the product shows its rating, also to who sends the tag of before; that tag still serves to change the product', async () => {
  const product = await shop.addProduct()
  const before = await shop.guest.ask<ProductView>('GET', `/api/products/${product.id}`)
  const readers = await times(4, () => shop.shopper())
  await Promise.all(readers.map((reader, n) => review(reader, product.id, { rating: n + 2 })))
  expect(await summaryOf(product.id)).toMatchObject({ average: 3.5, count: 4, histogram: { '1': 0, '2': 1, '3': 1, '4': 1, '5': 1 } })
  const rating = { average: 3.5, count: 4 }
  const read = before.headers.get('etag') ?? ''
  await until(async () => {
    const answer = await shop.guest.ask<ProductView>('GET', `/api/products/${product.id}`, { headers: { 'if-none-match': read } })
    expect([answer.status, answer.body.rating]).toEqual([200, rating])
    return true
  })
  const admin = await shop.admin()
  const change = { headers: { 'if-match': read }, body: { price: 9 } }
  expect(await admin.call('PATCH', `/api/products/${product.id}`, change)).toMatchObject({ price: 9, rating })
})

test('a decision of an administrator is in the audit log, and its reason reaches the author', async () => {
  const product = await shop.addProduct()
  const { id } = await review(bob, product.id, { rating: 1, comment: 'The courier rang twice.' })
  const admin = await shop.admin()
  await admin.call('POST', `/api/ratings/${id}/reject`, { body: { reason: 'It is about the courier.', spam: false } })
  const { items } = await bob.call<List<OwnReviewView>>('GET', '/api/ratings/me')
  expect(items[0]).toMatchObject({ id, status: 'rejected', reason: 'It is about the courier.' })
  await until(async () => {
    const { items } = await admin.call<List<{ action: string }>>('GET', '/api/users/audit?limit=100')
    return items.some(entry => entry.action === 'POST /api/ratings/:id/reject')
  })
  expect(await summaryOf(product.id)).toMatchObject({ average: 0, count: 0 })
})

test('the review of an erased person stays without the person, and was in the export before', async () => {
  const product = await shop.addProduct()
  const eve = await shop.shopper()
  const { id } = await review(eve, product.id, { rating: 4, comment: 'Folds flat, and firm.' })
  const exported = await eve.call<object>('GET', '/api/users/me/export')
  expect(JSON.stringify(exported)).toContain('Folds flat, and firm.')
  expect((await eve.ask('DELETE', '/api/users/me', { body: { current_password: 'password-of-tests' } })).status).toBe(204)
  await until(async () => (await reviewsOf(product.id))[0]?.user_id === null)
  expect(await reviewsOf(product.id)).toMatchObject([{ id, rating: 4, comment: 'Folds flat, and firm.' }])
  expect((await summaryOf(product.id)).count).toBe(1)
})
