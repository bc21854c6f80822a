import { status } from 'elysia'
import { etag, notModified, versionsWanted } from '#shared/etag'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { Baskets } from './basket'
import { CartView, CouponBody, cartView, ItemParam, ItemQuantity, ItemQuery, NewItem } from './model'
import { type Carts, checkCartId, newToken, type Owner } from './repository'

interface Deps {
  http: Http
  carts: Carts
  baskets: Baskets
}
type Headers = Record<string, string | undefined>
type Outgoing = { headers: Record<string, string | number | undefined> }

/** A user's own cart, or that of the guest who knows its id; a guest without one is given one. Told in the header and kept by nobody between. */
export const ownerOf = (user: { id: number } | undefined, headers: Headers, set: Outgoing): Owner => {
  set.headers['cache-control'] = 'no-store'
  if (user) return { user: user.id }
  const given = headers['x-cart-id']
  const guest = given === undefined ? newToken() : checkCartId(given)
  set.headers['x-cart-id'] = guest
  return { guest }
}

const conditional = 'With `If-Match` only while the cart has that version.'
const quick = 'The answer has no quote: GET the cart for it.'

export const cartRoutes = ({ http, carts, baskets }: Deps) =>
  http('/api/cart')
    .get(
      '/',
      async ({ user, headers, set }) => {
        const owner = ownerOf(user, headers, set)
        const view = cartView(owner, await baskets.show(owner))
        // It shows prices and stock as well, which change without the cart.
        const tag = etag(view.version, Bun.hash(JSON.stringify(view)).toString(36))
        return notModified({ headers, set }, tag) ? status(304, undefined) : view
      },
      {
        guest: true,
        response: { 200: CartView, 304: t.Void() },
        detail: {
          summary: 'The cart with prices and stock as they are now, and what it would cost',
          description: 'With a token the user’s cart; as a guest that of `X-Cart-Id`, which the first answer gives.',
        },
      },
    )
    .post(
      '/items',
      async ({ user, headers, set, body: { product_id, sku, quantity } }) => {
        const owner = ownerOf(user, headers, set)
        const { cart, isNew } = await baskets.change(owner, { how: 'add', product_id, sku, quantity }, versionsWanted(headers))
        set.headers.etag = etag(cart.version)
        const view = cartView(owner, await baskets.afterChange(cart))
        if (!isNew) return view
        set.headers.location = '/api/cart'
        return status(201, view)
      },
      {
        guest: true,
        body: NewItem,
        response: { 200: CartView, 201: CartView },
        detail: {
          summary: 'Puts pieces in: 201 for a new line, 200 for more of one that is there',
          description: `${quick} ${conditional}`,
        },
      },
    )
    .put(
      '/items/:product_id',
      async ({ user, headers, set, params, query, body }) => {
        const owner = ownerOf(user, headers, set)
        const change = { how: 'set', product_id: params.product_id, sku: query.sku ?? body.sku, quantity: body.quantity } as const
        const { cart } = await baskets.change(owner, change, versionsWanted(headers))
        set.headers.etag = etag(cart.version)
        return cartView(owner, await baskets.afterChange(cart))
      },
      {
        guest: true,
        params: ItemParam,
        query: ItemQuery,
        body: ItemQuantity,
        response: { 200: CartView },
        detail: { summary: 'Sets how many there are to be; 0 takes the line out', description: `${quick} ${conditional}` },
      },
    )
    .delete(
      '/items/:product_id',
      async ({ user, headers, set, params, query }) => {
        const owner = ownerOf(user, headers, set)
        const change = { how: 'set', product_id: params.product_id, sku: query.sku, quantity: 0 } as const
        const { cart } = await baskets.change(owner, change, versionsWanted(headers))
        set.headers.etag = etag(cart.version)
        set.status = 204
      },
      {
        guest: true,
        params: ItemParam,
        query: ItemQuery,
        response: { 204: t.Void() },
        detail: { summary: 'Takes a line out', description: conditional },
      },
    )
    .delete(
      '/',
      async ({ user, headers, set }) => {
        const owner = ownerOf(user, headers, set)
        set.headers.etag = etag((await carts.clear(owner, versionsWanted(headers))).version)
        set.status = 204
      },
      { guest: true, response: { 204: t.Void() }, detail: { summary: 'Empties the cart', description: conditional } },
    )
    .post(
      '/coupon',
      async ({ user, headers, set, body }) => {
        const owner = ownerOf(user, headers, set)
        const shown = await baskets.useCoupon(owner, body.code, versionsWanted(headers))
        set.headers.etag = etag(shown.cart.version)
        return cartView(owner, shown)
      },
      {
        guest: true,
        body: CouponBody,
        response: { 200: CartView },
        detail: { summary: 'Uses a code on the cart, if it would be given now (else 409 with the reason); the order redeems it' },
      },
    )
    .delete(
      '/coupon',
      async ({ user, headers, set }) => {
        const owner = ownerOf(user, headers, set)
        set.headers.etag = etag((await carts.setCoupon(owner, undefined, versionsWanted(headers))).version)
        set.status = 204
      },
      { guest: true, response: { 204: t.Void() }, detail: { summary: 'Takes the code away' } },
    )
