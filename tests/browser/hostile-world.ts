import type { OwnReviewView } from '../../services/rating/model'
import type { List } from '../caller'
import { type Login as Session, shop, unique } from '../shop'
import { pieces, shopperOf } from '../shopper'

/** A text that runs a script wherever it is taken for HTML: it calls `ran`, which no page has. `field` says where it came from. */
export const hostile = (field: string) => `"><img src=x onerror=ran('${field}')>`
const script = (field: string) => `</script><script>ran('${field}')</script>{{7*7}}${hostile(field)}`

const password = 'password-of-pages'

/** Every text that somebody can leave in the shop is hostile. */
export const fillHostileWorld = async () => {
  const admin = await shop.admin()
  const mark = unique()
  const category = await admin.call<{ name: string }>('POST', '/api/categories', { body: { name: `${hostile('category')}${mark}` } })
  const made = await shop.addProduct({ price: 30, category: category.name })
  const product = await admin.call<{ id: string }>('PATCH', `/api/products/${made.id}`, {
    body: {
      name: `${hostile('product name')} ${mark}`,
      description: script('description'),
      attributes: { Colour: hostile('attribute') },
      tags: [hostile('tag')],
    },
  })

  const username = `hostile-${mark}`
  const place = {
    line1: hostile('street'),
    line2: hostile('house'),
    city: hostile('city'),
    postal_code: '97205',
    country: 'US',
    region: 'OR',
  }
  const account = { username, password, email: `${username}@example.com`, full_name: hostile('full name'), address: place }
  await shop.guest.call('POST', '/auth/register', { body: account })
  const session = { body: { username, password }, headers: { 'user-agent': hostile('browser') } }
  const { user_id, access_token } = await shop.guest.call<Session>('POST', '/auth/login', session)
  const buyer = shopperOf(user_id, shop.as(access_token))
  await buyer.call('POST', '/api/users/me/addresses', { body: { ...place, label: hostile('label'), is_default: true } })

  const placed = await buyer.place({ ...pieces(made, 2), shipping_address: place })
  const { body: payment } = await buyer.pay(placed)
  await shop.deliver((await buyer.untilShipment(placed.id)).id)
  await buyer.untilOrder(placed.id, 'delivered')
  const wanted = { lines: [{ product_id: made.id, quantity: 1 }], reason: hostile('return reason') }
  await buyer.call('POST', `/api/orders/${placed.id}/returns`, { body: wanted })
  const refused = await buyer.call<{ id: number }>('POST', `/api/orders/${placed.id}/returns`, { body: wanted })
  await admin.call('POST', `/api/orders/returns/${refused.id}/reject`, { body: { reason: hostile('rejection') } })
  await admin.call('POST', `/api/payments/${payment.id}/refunds`, { body: { amount: 1, reason: hostile('refund reason') } })
  await buyer.place({ ...pieces(made), shipping_address: { ...place, line1: hostile('unpaid street') } })

  const opinion = { rating: 2, title: hostile('review title'), comment: script('review') }
  const review = await buyer.call<OwnReviewView>('POST', `/api/products/${made.id}/reviews`, { body: opinion })
  if (review.status !== 'published') await admin.ask('POST', `/api/ratings/${review.id}/approve`, { body: { reason: hostile('approval') } })
  const other = await shop.shopper()
  await other.call('POST', `/api/ratings/${review.id}/replies`, { body: { comment: hostile('reply') } })
  await other.call('POST', `/api/ratings/${review.id}/report`, { body: { reason: hostile('report') } })

  // These change nobody else's prices: one needs its code, the others are for a country that no other test sends to.
  const campaign = { name: hostile('campaign'), code: `X${mark}`.toUpperCase(), kind: 'percentage', value: 1 }
  await admin.call('POST', '/api/promotions', { body: campaign })
  const adjusted = { delta: 1, reason: hostile('stock reason') }
  await admin.call('POST', `/api/inventory/${made.id}/adjust`, { body: adjusted })
  await admin.ask('POST', '/api/shipping/zones', { body: { name: `${hostile('zone')}${mark}`, countries: ['IS'] } })
  const rate = { country: 'IS', category: 'standard', rate: 24, valid_from: '2020-01-01', source: hostile('tax source') }
  await admin.ask('POST', '/api/tax/rates', { body: rate })

  await buyer.call('POST', '/api/favourites', { body: { product_id: made.id } })
  const { token } = await buyer.call<{ token: string }>('POST', '/api/favourites/share')
  const messages = await buyer.call<List<unknown>>('GET', '/api/notifications')
  return {
    login: { username, password },
    product,
    orderId: placed.id,
    messages: messages.items.length,
    paths: [`/products/${product.id}`, `/orders/${placed.id}`, `/lists/${token}`, `/search?q=${encodeURIComponent(hostile('search'))}`],
  }
}
