import type { Address } from '#shared/address'
import { guesserOf } from '#shared/client-address'
import { conflict, invalid } from '#shared/errors'
import { sumOf } from '#shared/money'
import { couponRejected, type Offers } from '#shared/offers'
import type { TaxClass } from '#shared/tax-class'
import type { OrderClients } from './clients'
import { type Amounts, discountLines, priceLines, type WantedLine, worthOf } from './domain-pricing'
import type { NewOrder } from './model'

interface Goods<Line> {
  currency: string
  lines: readonly Line[]
  address: Address
  /** Undefined if the buyer chose none. */
  option: string | undefined
  freeShipping: boolean
}
interface Shippable {
  product_id: string
  sku: string
  category: string
  tax_class?: TaxClass | null
  quantity: number
  net: number
}

interface Wanted {
  wanted: readonly WantedLine[]
  code: string | undefined
  /** Undefined when the lines are not from the cart, or from the cart of an earlier release. */
  cartVersion: number | undefined
}

/** Carriage and tax of goods to an address: asked for when an order is placed, and again when its address changes. */
export const priceDelivery = async <Line extends Shippable>({ carriage, taxes }: Offers, goods: Goods<Line>) => {
  const { chosen } = await carriage({ ...goods, subtotal: sumOf(goods.lines.map(({ net }) => net)) })
  const { option, price: shipping } = chosen
  return { option, shipping, ...(await taxes(goods, shipping)) }
}

/** Prices an order: product, promotion, shipping and tax are asked one after the other. */
export const priceOrder = ({ offers, cartOf }: Pick<OrderClients, 'offers' | 'cartOf'>) => {
  const wantedBy = async (userId: number, body: NewOrder): Promise<Wanted> => {
    if ((body.items !== undefined) === (body.from_cart === true))
      throw invalid('items_or_cart', 'Send either `items`, or `from_cart: true` to order what is in the cart.')
    if (body.items) return { wanted: body.items, code: body.coupon_code, cartVersion: undefined }
    const { version, items, coupon_code } = await cartOf(userId)
    if (items.length === 0) throw conflict('cart_empty', 'There is nothing in the cart.')
    // What the cart showed as no longer sold is not in its quote either, and stays in the cart.
    const wanted = items.flatMap(({ product_id, sku, quantity, currency, shown_price: price }, index) =>
      price === null ? [] : [{ product_id, sku, quantity, currency, price, index }],
    )
    if (wanted.length === 0) throw conflict('product_unavailable', 'Nothing that is in the cart is still sold.')
    return { wanted, code: body.coupon_code ?? coupon_code, cartVersion: version }
  }

  /** A price or a level that is a moment old refuses nobody: then the catalog is asked again. */
  const linesOf = async (wanted: readonly WantedLine[], currency: string | undefined) => {
    const ids = wanted.map(line => line.product_id)
    const known = await offers.products.recent(ids)
    try {
      return priceLines(wanted, known, currency)
    } catch {
      return priceLines(wanted, await offers.products.fresh(ids), currency)
    }
  }

  return async (userId: number, body: NewOrder) => {
    const { wanted, code, cartVersion } = await wantedBy(userId, body)
    const { currency, lines: priced } = await linesOf(wanted, body.currency)
    const given = await offers.discounts({ currency, lines: priced }, { userId, coupon: code, guesser: guesserOf({ id: userId }, {}) })
    if (given.coupon && !given.coupon.valid) throw couponRejected('/coupon_code', given.coupon.reason)
    const discounted = discountLines(priced, given.discount, given.shares)
    const { freeShipping, campaigns } = given
    const about = { currency, address: body.shipping_address, freeShipping }
    const goods = { ...about, option: body.shipping_option, lines: discounted }
    const { option, shipping, tax, lines, taxLines } = await priceDelivery(offers, goods)
    const amounts: Amounts = {
      subtotal: sumOf(lines.map(worthOf)),
      discount: sumOf(lines.map(({ discount }) => discount)),
      tax,
      shipping,
    }
    return { ...about, option, lines, amounts, taxLines, campaigns, coupon: given.coupon?.code ?? code, cartVersion }
  }
}
export type PricedOrder = Awaited<ReturnType<ReturnType<typeof priceOrder>>>
