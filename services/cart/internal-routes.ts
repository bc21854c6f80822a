import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { CartService } from './compose'
import { normalCode } from './domain'
import { CheckoutBody, ContentsView, contentsView, ReleaseBody, TakeBody, UserParam } from './model'

/**
 * An order from a cart reads it, begins its checkout right before it is stored, and takes what it ordered as soon as it is stored.
 * An order that could not be stored releases the checkout.
 */
export const internalRoutes = ({ http, checkouts, pricedCarts }: CartService & { http: Http }) =>
  http('/internal/carts')
    .get('/:user_id', async ({ params }) => contentsView(await pricedCarts.forOrder(params.user_id)), {
      internal: ['order'],
      params: UserParam,
      response: { 200: ContentsView },
      detail: { summary: 'What an order from the cart would contain' },
    })
    .post(
      '/:user_id/checkout',
      async ({ params, body, set }) => {
        await checkouts.begin(params.user_id, body.version, body.token)
        set.status = 204
      },
      {
        internal: ['order'],
        params: UserParam,
        body: CheckoutBody,
        response: { 204: t.Void() },
        detail: { summary: 'Reserve the cart for one order, for a minute; 409 `cart_changed` when it has another version or is reserved' },
      },
    )
    .post(
      '/:user_id/release',
      async ({ params, body, set }) => {
        await checkouts.release(params.user_id, body.token)
        set.status = 204
      },
      {
        internal: ['order'],
        params: UserParam,
        body: ReleaseBody,
        response: { 204: t.Void() },
        detail: { summary: 'Give the cart back that was reserved with this token' },
      },
    )
    .post(
      '/:user_id/take',
      async ({ params, body: { order_id, token, coupon_code, items }, set }) => {
        await checkouts.take(params.user_id, { orderId: order_id, token, coupon: normalCode(coupon_code), lines: items })
        set.status = 204
      },
      {
        internal: ['order'],
        params: UserParam,
        body: TakeBody,
        response: { 204: t.Void() },
        detail: { summary: 'Remove what was ordered, once for each order, and give the cart back' },
      },
    )
