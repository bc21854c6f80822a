import { invalid } from '#shared/errors'
import { etag } from '#shared/etag'
import type { Http } from '#shared/http'
import type { CartService } from './compose'
import { CartView, cartView, ShareParam, ShareView } from './model'
import { checkCartId } from './repository'
import { ownerOf } from './routes'

export const sharingRoutes = ({ http, carts, pricedCarts }: CartService & { http: Http }) =>
  http('/api/cart')
    .post(
      '/merge',
      async ({ user, headers, set }) => {
        const guest = headers['x-cart-id']
        if (guest === undefined) throw invalid('cart_id_required', 'Send the id of the guest cart in X-Cart-Id.')
        const cart = await pricedCarts.merge(user.id, checkCartId(guest))
        set.headers['cache-control'] = 'no-store'
        set.headers.etag = etag(cart.version)
        return cartView({ user: user.id }, await pricedCarts.showChanged(cart))
      },
      {
        auth: true,
        response: { 200: CartView },
        detail: {
          summary: 'Merge the guest cart of `X-Cart-Id` into mine: pieces are added up to the stock, and only once',
          description: 'The answer has no quote: GET the cart for it.',
        },
      },
    )
    .post(
      '/share',
      async ({ user, set, status }) => {
        const { token, expiresAt } = await carts.share(user.id)
        set.headers['cache-control'] = 'no-store'
        set.headers.location = `/api/cart/shared/${token}`
        return status(201, { token, expires_at: expiresAt.toISOString() })
      },
      {
        auth: true,
        response: { 201: ShareView },
        detail: { summary: 'Make a token with which others can copy my cart as it is now; the last 20 are kept' },
      },
    )
    .post(
      '/shared/:token',
      async ({ user, headers, set, params }) => {
        const owner = ownerOf(user, headers, set)
        const cart = await pricedCarts.copyShared(owner, params.token)
        set.headers.etag = etag(cart.version)
        return cartView(owner, await pricedCarts.showChanged(cart))
      },
      {
        guest: true,
        params: ShareParam,
        response: { 200: CartView },
        detail: {
          summary: 'Copy a shared cart into mine at today’s prices',
          description: 'A line that is there is raised to the shared quantity, so that copying twice is copying once.',
        },
      },
    )
