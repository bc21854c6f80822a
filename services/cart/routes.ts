import { status } from 'elysia'
import { placeOf } from '#shared/address'
import { guesserOf } from '#shared/client-address'
import { etag, notModified, versionsWanted } from '#shared/etag'
import type { Http } from '#shared/http'
import { type Static, t } from '#shared/schema'
import type { CartIds } from './cart-ids'
import type { CartService } from './compose'
import { keyedRequest } from './keyed-requests'
import {
  CartView,
  CouponBody,
  cartView,
  guestCart,
  ItemParam,
  ItemQuantity,
  ItemQuery,
  NewItem,
  QuoteQuery,
  repeatableGuestCart,
} from './model'
import type { Owner } from './repository'

type Headers = Record<string, string | undefined>
type Answer = { headers: Record<string, string | number | undefined> }

/** The user's cart, or the one that a guest names in X-Cart-Id. A guest without an id gets one, in the header of the answer. */
export const ownerFrom =
  (ids: CartIds) =>
  async (user: { id: number } | undefined, headers: Headers, set: Answer): Promise<Owner> => {
    set.headers['cache-control'] = 'no-store'
    if (user) return { user: user.id }
    const given = headers['x-cart-id']
    const guest = given === undefined ? ids.make() : await ids.check(given)
    set.headers['x-cart-id'] = guest
    return { guest }
  }

/** Nobody can repeat the request that gives a guest the id of a new cart, so that its key marks nothing. */
const keyOf = (user: object | undefined, headers: Headers) =>
  user || headers['x-cart-id'] !== undefined ? headers['idempotency-key'] : undefined

const conditional = 'With `If-Match` only if the cart has that version.'
const pricedFor = [
  'The quote is for `?country=&region=`, else for the default address of the user, else for the default zone.',
  'It counts the price of `?shipping_option=`, else that of standard shipping, or of the first option where standard shipping is not offered.',
].join(' ')
const withoutQuote = 'The answer has no quote: GET the cart for it.'

const askedFor = ({ shipping_option: option, ...query }: Static<typeof QuoteQuery>) => ({
  place: query.country === undefined ? undefined : placeOf(query),
  option,
})

export const cartRoutes = ({ http, ids, carts, pricedCarts }: CartService & { http: Http }) => {
  const ownerOf = ownerFrom(ids)
  return http('/api/cart')
    .get(
      '/',
      async ({ user, headers, set, query }) => {
        const owner = await ownerOf(user, headers, set)
        const view = cartView(owner, await pricedCarts.show(owner, askedFor(query)))
        // The answer shows prices and stock, which change while the cart's version stays.
        const tag = etag(view.version, Bun.hash(JSON.stringify(view)).toString(36))
        return notModified({ headers, set }, tag) ? status(304, undefined) : view
      },
      {
        guest: true,
        query: QuoteQuery,
        response: { 200: CartView, 304: t.Void() },
        problems: ['invalid_cart_id', 'unknown_country', 'unknown_region', 'region_required', 'unknown_shipping_option'],
        detail: {
          ...guestCart,
          operationId: 'getCart',
          summary: 'The cart with its prices and stock now, and what it would cost',
          description: `With a token the user’s cart; for a guest the cart that \`X-Cart-Id\` names. The first answer gives this id. ${pricedFor}`,
        },
      },
    )
    .post(
      '/items',
      async ({ user, headers, set, body: { product_id, sku, quantity } }) => {
        const owner = await ownerOf(user, headers, set)
        const request = keyedRequest(owner, 'POST /api/cart/items', keyOf(user, headers), { product_id, sku, quantity })
        const change = { how: 'add', product_id, sku, quantity, request } as const
        const { cart, isNew, isReplayed } = await pricedCarts.changeLine(owner, change, versionsWanted(headers))
        if (isReplayed) set.headers['idempotent-replayed'] = 'true'
        set.headers.etag = etag(cart.version)
        const view = cartView(owner, await pricedCarts.showChanged(cart))
        if (!isNew) return view
        set.headers.location = '/api/cart'
        return status(201, view)
      },
      {
        guest: true,
        body: NewItem,
        response: { 200: CartView, 201: CartView },
        problems: [
          'invalid_cart_id',
          'invalid_idempotency_key',
          'idempotency_key_reused',
          'product_not_found',
          'sku_required',
          'unknown_sku',
          'cart_full',
          'currency_mismatch',
          'product_unavailable',
          'too_many_pieces',
          'stale',
          'cart_changed',
        ],
        detail: {
          ...repeatableGuestCart,
          operationId: 'addCartItem',
          summary: 'Add pieces: 201 for a new line, 200 for more of a line that is there',
          description: [
            withoutQuote,
            conditional,
            'With `Idempotency-Key` the pieces are added once, and a repetition shows the cart as it is now.',
            'The key is for one cart: a guest sends `X-Cart-Id`, too.',
          ].join(' '),
        },
      },
    )
    .put(
      '/items/:product_id',
      async ({ user, headers, set, params, query, body }) => {
        const owner = await ownerOf(user, headers, set)
        const change = { how: 'set', product_id: params.product_id, sku: query.sku ?? body.sku, quantity: body.quantity } as const
        const { cart } = await pricedCarts.changeLine(owner, change, versionsWanted(headers))
        set.headers.etag = etag(cart.version)
        return cartView(owner, await pricedCarts.showChanged(cart))
      },
      {
        guest: true,
        params: ItemParam,
        query: ItemQuery,
        body: ItemQuantity,
        response: { 200: CartView },
        problems: [
          'invalid_cart_id',
          'product_not_found',
          'sku_required',
          'unknown_sku',
          'cart_item_not_found',
          'cart_full',
          'currency_mismatch',
          'product_unavailable',
          'too_many_pieces',
          'stale',
          'cart_changed',
        ],
        detail: {
          ...guestCart,
          operationId: 'setCartItem',
          summary: 'Set the pieces of a line; 0 removes it',
          description: `${withoutQuote} ${conditional}`,
        },
      },
    )
    .delete(
      '/items/:product_id',
      async ({ user, headers, set, params, query }) => {
        const owner = await ownerOf(user, headers, set)
        const change = { how: 'set', product_id: params.product_id, sku: query.sku, quantity: 0 } as const
        const { cart } = await pricedCarts.changeLine(owner, change, versionsWanted(headers))
        set.headers.etag = etag(cart.version)
        set.status = 204
      },
      {
        guest: true,
        params: ItemParam,
        query: ItemQuery,
        response: { 204: t.Void() },
        problems: ['invalid_cart_id', 'sku_required', 'unknown_sku', 'product_not_found', 'cart_item_not_found', 'stale', 'cart_changed'],
        detail: { ...guestCart, operationId: 'removeCartItem', summary: 'Remove a line', description: conditional },
      },
    )
    .delete(
      '/',
      async ({ user, headers, set }) => {
        const owner = await ownerOf(user, headers, set)
        set.headers.etag = etag((await carts.clear(owner, versionsWanted(headers))).version)
        set.status = 204
      },
      {
        guest: true,
        response: { 204: t.Void() },
        problems: ['invalid_cart_id', 'stale', 'cart_changed'],
        detail: { ...guestCart, operationId: 'clearCart', summary: 'Empty the cart', description: conditional },
      },
    )
    .post(
      '/coupon',
      async ({ user, headers, set, query, body }) => {
        const owner = await ownerOf(user, headers, set)
        const shown = await pricedCarts.useCoupon(
          owner,
          { code: body.code, guesser: guesserOf(user, headers) },
          versionsWanted(headers),
          askedFor(query),
        )
        set.headers.etag = etag(shown.cart.version)
        return cartView(owner, shown)
      },
      {
        guest: true,
        query: QuoteQuery,
        body: CouponBody,
        response: { 200: CartView },
        problems: [
          'invalid_cart_id',
          'unknown_country',
          'unknown_region',
          'region_required',
          'unknown_shipping_option',
          'cart_empty',
          'coupon_rejected',
          'too_many_codes',
          'stale',
          'cart_changed',
        ],
        repeats: 'changes nothing',
        detail: {
          ...guestCart,
          operationId: 'applyCoupon',
          summary: 'Use a coupon code for the cart, if it is valid now (else 409 with the reason); the order redeems it',
          description: pricedFor,
        },
      },
    )
    .delete(
      '/coupon',
      async ({ user, headers, set }) => {
        const owner = await ownerOf(user, headers, set)
        set.headers.etag = etag((await carts.setCoupon(owner, undefined, versionsWanted(headers))).version)
        set.status = 204
      },
      {
        guest: true,
        response: { 204: t.Void() },
        problems: ['invalid_cart_id', 'stale', 'cart_changed'],
        detail: { ...guestCart, operationId: 'removeCoupon', summary: 'Remove the coupon code' },
      },
    )
}
