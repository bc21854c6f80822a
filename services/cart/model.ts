import { addressFields } from '#shared/address'
import { Currency, toMajor } from '#shared/money'
import { closed, Id, integerText, named, ProductId, Sku, type Static, Time, t, text } from '#shared/schema'
import { maxPieces } from './domain'
import type { PricedCarts, ShownCart } from './priced-carts'
import type { Owner } from './repository'

const Pieces = t.Integer({ minimum: 1, maximum: maxPieces, examples: [1] })
const sample = { product_id: '507f1f77bcf86cd799439011', quantity: 1 }

/** Of the sample product, so that a request can be tried as it stands. */
const SampleSku = t.String({ ...Sku, examples: ['NB-14-512'] })

export const NewItem = named(
  'NewCartItem',
  closed({ product_id: ProductId, sku: t.Optional(SampleSku), quantity: Pieces }, { examples: [sample] }),
)
export const ItemParam = closed({ product_id: ProductId })
export const ItemQuery = closed({ sku: t.Optional(t.String({ ...SampleSku, description: 'Needed when the product has variants' })) })
export const ItemQuantity = named(
  'CartItemQuantity',
  closed(
    {
      quantity: t.Integer({ minimum: 0, maximum: maxPieces, description: '0 removes the line', examples: [2] }),
      sku: t.Optional(SampleSku),
    },
    { examples: [{ quantity: 2 }] },
  ),
)
export const CouponBody = named(
  'CouponCode',
  closed({ code: t.String({ minLength: 1, maxLength: 64, examples: ['WELCOME10'] }) }, { examples: [{ code: 'WELCOME10' }] }),
)
export const QuoteQuery = closed({
  country: t.Optional(t.String({ ...addressFields.country, description: 'Where the cart would be sent: a code or an English name' })),
  region: t.Optional(t.String({ ...addressFields.region, description: 'Needed where taxes depend on it' })),
  shipping_option: t.Optional(
    t.String({
      ...text(32, 'express'),
      description: 'One that is offered there; by default `standard`, or the first where that is not offered',
    }),
  ),
})
const header = (name: string, description: string) => ({
  in: 'header',
  name,
  description,
  required: false,
  schema: { type: 'string' as const },
})
/** For the document of each route: handlers read the headers themselves, so that a request without them pays for no check. */
export const guestCart = {
  parameters: [header('X-Cart-Id', 'The guest’s cart, by the id that an answer gave. With a token it is left out')],
}
export const repeatable = { parameters: [header('idempotency-key', 'A request with the same key does nothing again, for a day')] }
export const repeatableGuestCart = { parameters: [...guestCart.parameters, ...repeatable.parameters] }
export const ShareParam = closed({ token: t.String({ minLength: 1, maxLength: 64, examples: ['k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGe'] }) })
export const UserParam = closed({ user_id: integerText({ minimum: 1, examples: [1] }) })

const Money = t.Number({ examples: [1500] })
const ItemView = named(
  'CartItem',
  t.Object({
    product_id: ProductId,
    sku: t.String({ examples: ['LT-001'] }),
    name: t.Union([t.String({ examples: ['Laptop'] }), t.Null()]),
    quantity: t.Integer({ examples: [1] }),
    price: t.Union([t.Number({ description: 'Now; null when it is no longer sold', examples: [1500] }), t.Null()]),
    added_price: Money,
    price_changed: t.Boolean({ description: 'Since the line was added' }),
    currency: Currency,
    stock: t.Union([t.Integer({ examples: [10] }), t.Null()]),
    available: t.Boolean({ description: 'Enough pieces are in stock' }),
    availability: t.Union([
      t.Literal('in_stock'),
      t.Literal('insufficient_stock'),
      t.Literal('out_of_stock'),
      t.Literal('unavailable'),
      t.Literal('unknown'),
    ]),
  }),
)
const OfferedOption = named(
  'CartShippingOption',
  t.Object({
    option: t.String({ examples: ['standard'] }),
    price: t.Number({ description: 'What `shipping` is with this option', examples: [0] }),
  }),
)
const sampleQuote = {
  ...{ subtotal: 3000, discount: 300, tax: 0, shipping: 0, total: 2700, currency: 'USD', shipping_option: 'standard' },
  shipping_options: [
    { option: 'standard', price: 0 },
    { option: 'express', price: 15 },
  ],
}
const QuoteView = named(
  'CartQuote',
  t.Object(
    {
      ...{ subtotal: Money, discount: Money, tax: Money, shipping: Money, total: Money, currency: Currency },
      shipping_option: t.Optional(
        t.String({ description: 'The one that is counted; absent while the cart is empty', examples: ['standard'] }),
      ),
      shipping_options: t.Array(OfferedOption, { description: 'All that are offered at the place of the quote' }),
    },
    { examples: [sampleQuote] },
  ),
)
export const CartView = named(
  'Cart',
  t.Object({
    cart_id: t.Optional(
      t.String({ description: 'Of a guest’s cart: send it in X-Cart-Id', examples: ['k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGe'] }),
    ),
    version: t.Integer({ examples: [3] }),
    items: t.Array(ItemView),
    item_count: t.Integer({ description: 'The pieces of all lines', examples: [1] }),
    coupon: t.Union([
      named(
        'CartCoupon',
        t.Object({
          code: t.String({ examples: ['WELCOME10'] }),
          valid: t.Optional(t.Boolean({ description: 'Shown with the quote' })),
          reason: t.Optional(t.String({ examples: ['expired'] })),
        }),
      ),
      t.Null(),
    ]),
    quote: t.Union([QuoteView, t.Null()], {
      description: 'What the order would cost. Null in the answer to a change, and while prices are not available',
    }),
    quote_refusal: t.Optional(
      t.Union([t.Literal('currency_mismatch'), t.Literal('no_rate_for_currency'), t.Literal('product_unavailable')], {
        description: 'The `code` with which an order of this cart would be refused. Present where waiting gives no quote',
      }),
    ),
  }),
)
export type CartView = Static<typeof CartView>

export const cartView = (owner: Owner, { cart, lines, quote, coupon, refusal }: ShownCart): CartView => ({
  ...('guest' in owner && { cart_id: owner.guest }),
  version: cart.version,
  items: lines.map(({ product_id, sku, name, quantity, price, added_price, price_changed, currency, stock, availability }) => ({
    product_id,
    sku,
    name: name ?? null,
    quantity,
    price: price === undefined ? null : toMajor(price, currency),
    added_price: toMajor(added_price, currency),
    price_changed,
    currency,
    stock: stock ?? null,
    available: availability === 'in_stock',
    availability,
  })),
  item_count: lines.reduce((sum, { quantity }) => sum + quantity, 0),
  coupon: cart.coupon === undefined ? null : { ...coupon, code: cart.coupon },
  quote: quote ?? null,
  ...(refusal && { quote_refusal: refusal }),
})

export const ShareView = named(
  'CartShare',
  t.Object({ token: t.String({ examples: ['k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGe'] }), expires_at: Time }),
)

const OrderedLine = { product_id: ProductId, sku: Sku, quantity: t.Integer({ minimum: 1 }) }
export const ContentsView = t.Object({
  version: t.Integer(),
  items: t.Array(
    t.Object({
      ...OrderedLine,
      currency: t.String(),
      added_price: t.Number(),
      shown_price: t.Union([t.Number(), t.Null()], {
        description: 'What the cart showed last; null when it showed that it is no longer sold',
      }),
    }),
  ),
  coupon_code: t.Optional(t.String()),
})
export type ContentsView = Static<typeof ContentsView>
export const contentsView = ({ version, lines, coupon }: Awaited<ReturnType<PricedCarts['forOrder']>>): ContentsView => ({
  version,
  items: lines.map(({ product_id, sku, quantity, price, currency, shown }) => ({
    product_id,
    sku,
    quantity,
    currency: shown.currency,
    added_price: toMajor(price, currency),
    shown_price: shown.price === undefined ? null : toMajor(shown.price, shown.currency),
  })),
  ...(coupon !== undefined && { coupon_code: coupon }),
})

const Token = t.String({ minLength: 1, maxLength: 400 })
export const CheckoutBody = closed({ version: t.Integer({ minimum: 0 }), token: Token })
export const ReleaseBody = closed({ token: Token })
export const TakeBody = closed({
  order_id: Id,
  token: Token,
  coupon_code: t.Optional(t.String({ maxLength: 64 })),
  items: t.Array(closed(OrderedLine), { minItems: 1, maxItems: 100 }),
})
