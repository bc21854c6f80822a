import type { OwnReviewView } from '../../services/rating/model'
import { shop, times } from '../shop'
import { pieces, type Shopper, shopperOf } from '../shopper'
import { giveUp } from './dead-letter'
import { fillHostileWorld } from './hostile-world'

const reason = 'Error: given up for its buttons'

/** Three people who report a review make it wait for a decision. */
const holdReview = async (author: Shopper, productId: string) => {
  const { id } = await author.call<OwnReviewView>('POST', `/api/products/${productId}/reviews`, {
    body: { rating: 1, comment: 'Not for me.' },
  })
  await times(3, async () => (await shop.shopper()).call('POST', `/api/ratings/${id}/report`, { body: {} }))
}

/** A shop in which the pages have every button that depends on what happened before. */
export const fillWorldOfButtons = async () => {
  const { login, product, orderId, paths } = await fillHostileWorld()
  const { user_id, access_token } = await shop.login(login)
  const buyer = shopperOf(user_id, shop.as(access_token))
  const other = await shop.shopper()
  await other.call('POST', `/api/products/${product.id}/reviews`, { body: { rating: 4, comment: 'Folds flat, and firm.' } })
  await holdReview(await shop.shopper(), product.id)

  const [unpaid, atBank, onDelivery] = await times(3, () => buyer.place(pieces(product)))
  if (!unpaid || !atBank || !onDelivery) throw new Error('no orders')
  await buyer.pay(atBank, { payment_token: 'tok_3ds' })
  await buyer.pay(onDelivery, { payment_method: 'cash_on_delivery' })
  await buyer.untilShipment(onDelivery.id)
  await buyer.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 1 } })
  await giveUp({ orderId, userId: buyer.id, productId: product.id }, reason)

  const others = [unpaid.id, atBank.id, onDelivery.id]
  return {
    login,
    orders: [orderId, ...others],
    product,
    paths: [...paths, ...others.map(id => `/orders/${id}`)],
    /** So that other tests find no dead letter. */
    tidy: async () =>
      (await shop.admin()).call('DELETE', `/api/discovery/dead-letters/search.order-events?${new URLSearchParams({ reason })}`),
  }
}
