import { invalid } from '#shared/errors'
import { etag, versionsWanted } from '#shared/etag'
import type { Http } from '#shared/http'
import type { CartService } from './compose'
import { CartView, cartView, guestCart, repeatable, ShareParam, ShareView } from './model'
import { ownerFrom } from './routes'

export const sharingRoutes = ({ http, ids, carts, pricedCarts, shareTokenFor }: CartService & { http: Http }) => {
  const ownerOf = ownerFrom(ids)
  return http('/api/cart')
    .post(
      '/merge',
      async ({ user, headers, set }) => {
        const guest = headers['x-cart-id']
        if (guest === undefined) throw invalid('cart_id_required', 'Send the id of the guest cart in X-Cart-Id.')
        const cart = await pricedCarts.merge(user.id, await ids.check(guest), versionsWanted(headers))
        set.headers['cache-control'] = 'no-store'
        set.headers.etag = etag(cart.version)
        return cartView({ user: user.id }, await pricedCarts.showChanged(cart))
      },
      {
        auth: true,
        response: { 200: CartView },
        problems: ['cart_id_required', 'invalid_cart_id', 'cart_busy', 'cart_full', 'cart_changed', 'currency_mismatch', 'stale'],
        repeats: 'changes nothing',
        detail: {
          ...guestCart,
          operationId: 'mergeCart',
          summary: 'Merge the guest cart of `X-Cart-Id` into mine: pieces are added up to the stock, and only once',
          description: 'The answer has no quote: GET the cart for it. With `If-Match` only if my cart has that version.',
        },
      },
    )
    .post(
      '/share',
      async ({ user, headers, set, status }) => {
        const token = shareTokenFor(user.id, headers['idempotency-key'])
        const { expiresAt, isReplayed } = await carts.share(user.id, token)
        if (isReplayed) set.headers['idempotent-replayed'] = 'true'
        set.headers['cache-control'] = 'no-store'
        // A shared cart can only be copied: nothing answers at an address of its own.
        set.headers.location = '/api/cart'
        return status(201, { token, expires_at: expiresAt.toISOString() })
      },
      {
        auth: true,
        response: { 201: ShareView },
        problems: ['cart_empty', 'invalid_idempotency_key'],
        detail: {
          ...repeatable,
          operationId: 'shareCart',
          summary: 'Make a token with which others can copy my cart as it is now; the last 20 are kept',
          description: 'With `Idempotency-Key` a repetition gives the same token, which stands for the cart as it was.',
        },
      },
    )
    .post(
      '/shared/:token',
      async ({ user, headers, set, params }) => {
        const owner = await ownerOf(user, headers, set)
        const cart = await pricedCarts.copyShared(owner, params.token, versionsWanted(headers))
        set.headers.etag = etag(cart.version)
        return cartView(owner, await pricedCarts.showChanged(cart))
      },
      {
        guest: true,
        params: ShareParam,
        response: { 200: CartView },
        problems: [
          'invalid_cart_id',
          'shared_cart_not_found',
          'cart_required',
          'cart_full',
          'cart_changed',
          'currency_mismatch',
          'product_unavailable',
          'stale',
        ],
        repeats: 'changes nothing',
        detail: {
          ...guestCart,
          operationId: 'copySharedCart',
          summary: 'Copy a shared cart into mine at today’s prices',
          description: [
            'A line that is there is raised to the shared quantity, so that copying twice is copying once.',
            'A guest needs a cart with something in it. With `If-Match` only if the cart has that version.',
          ].join(' '),
        },
      },
    )
}
