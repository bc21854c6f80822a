import { AppError, conflict } from '#shared/errors'
import { defaultCurrency, sumOf, times } from '#shared/money'
import type { Catalog } from './catalog'
import { type Cart, capOf, choose, type LineNow, lineNow, pricedLines, quoteOf } from './domain'
import type { Basket, Neighbours } from './neighbours'
import type { Carts, LineChange, Owner, Wanted } from './repository'

interface Deps {
  carts: Carts
  catalog: Catalog
  neighbours: Pick<Neighbours, 'discounts' | 'carriage' | 'tax'>
}

type Coupon = Awaited<ReturnType<Neighbours['discounts']>>['coupon']
export interface Shown {
  cart: Cart
  lines: LineNow[]
  quote: ReturnType<typeof quoteOf> | undefined
  /** How promotion judges the cart's code; undefined when it wasn't asked. */
  coupon: Coupon | undefined
}

const nothing = { subtotal: 0, discount: 0, tax: 0, shipping: 0 }
const userOf = (owner: Owner) => ('user' in owner ? owner.user : undefined)

/** Carts as they are shown: what is stored, with what the catalog and the prices say of it now. */
export const baskets = ({ carts, catalog, neighbours }: Deps) => {
  const priced = async ({ lines, currency, coupon, userId }: Basket) => {
    const basket = { lines, currency, coupon, userId }
    const whole = lines.map(line => times(line.price, line.quantity))
    const subtotal = sumOf(whole)
    const given = await neighbours.discounts(basket)
    const shipping = given.freeShipping ? 0 : await neighbours.carriage(basket, subtotal - given.discount)
    const net = whole.map((amount, at) => amount - (given.shares[at] ?? 0))
    const tax = await neighbours.tax(basket, net, shipping)
    return { coupon: given.coupon, quote: quoteOf({ subtotal, discount: given.discount, tax, shipping }, currency) }
  }

  const linesNow = (cart: Cart, products: Awaited<ReturnType<Catalog['now']>>) =>
    cart.lines.map(line => lineNow(line, products.get(line.product_id), true))

  /** With live prices and the quote. Without the catalog there is no answer; without the others there is no quote. */
  const show = async (owner: Owner, cart: Cart): Promise<Shown> => {
    const lines = linesNow(cart, await catalog.now(cart.lines.map(line => line.product_id)))
    const sold = pricedLines(lines)
    if (lines.length === 0) return { cart, lines, quote: quoteOf(nothing, defaultCurrency), coupon: undefined }
    if (!sold) return { cart, lines, quote: undefined, coupon: undefined }
    const answer = await priced({ ...sold, coupon: cart.coupon, userId: userOf(owner) }).catch(error => {
      if (error instanceof AppError) return undefined
      throw error
    })
    return { cart, lines, quote: answer?.quote, coupon: answer?.coupon }
  }

  /** After a change that is stored already: with prices of a moment ago, or none when the catalog is away. No quote. */
  const afterChange = async (cart: Cart): Promise<Shown> => {
    const products = await catalog.recent(cart.lines.map(line => line.product_id)).catch(() => undefined)
    const lines = products ? linesNow(cart, products) : cart.lines.map(line => lineNow(line, undefined, false))
    return { cart, lines, quote: undefined, coupon: undefined }
  }

  return {
    show: async (owner: Owner) => show(owner, await carts.get(owner)),
    afterChange,

    /** A line that is there is changed in one call; the catalog is asked only about one that is new. */
    async change(owner: Owner, change: LineChange, wanted: Wanted): Promise<{ cart: Cart; isNew: boolean }> {
      const changed = await carts.change(owner, change, wanted)
      if (changed) return { cart: changed, isNew: false }
      const products = await catalog.recent([change.product_id])
      const cart = await carts.change(owner, change, wanted, choose(products.get(change.product_id), change.sku))
      if (!cart) throw new Error('a chosen line was not taken in')
      return { cart, isNew: true }
    },

    /** Puts a guest's cart into the user's: summed, capped by stock, once. Lines that come in meanwhile are asked for too. */
    async merge(userId: number, guest: string): Promise<Cart> {
      for (let tries = 0; tries < 10; tries++) {
        const theirs = await carts.named({ guest })
        const products = await catalog.now([...theirs.values()].map(line => line.product_id))
        const caps = new Map([...theirs].map(([name, line]) => [name, capOf(line, products.get(line.product_id))]))
        const merged = await carts.merge(userId, guest, caps)
        if (merged) return merged
      }
      throw conflict('cart_busy', 'The guest cart is being changed; send the merge again.', 1)
    },

    /** Keeps a code only if it would be given for what is in the cart now. */
    async useCoupon(owner: Owner, code: string, wanted: Wanted): Promise<Shown> {
      const before = await carts.get(owner)
      const lines = linesNow(before, await catalog.now(before.lines.map(line => line.product_id)))
      const sold = pricedLines(lines)
      if (!sold) throw conflict('cart_empty', 'There is nothing in the cart yet that a code could be used on.')
      const { coupon } = await neighbours.discounts({ ...sold, coupon: code, userId: userOf(owner) })
      if (!coupon?.valid) throw conflict('coupon_rejected', `The code cannot be used on this cart: ${coupon?.reason ?? 'unknown_code'}.`)
      return show(owner, await carts.setCoupon(owner, coupon.code, wanted))
    },

    /** Takes in what somebody shared, at today's prices; what is not sold any more stays out. */
    async copyShared(owner: Owner, token: string): Promise<Cart> {
      const shared = await carts.shared(token)
      const products = await catalog.now(shared.map(line => line.product_id))
      const choices = shared.flatMap(line => {
        const product = products.get(line.product_id)
        return product && lineNow(line, product, true).price !== undefined
          ? [{ choice: choose(product, line.sku), quantity: line.quantity }]
          : []
      })
      if (choices.length === 0) throw conflict('product_unavailable', 'Nothing of that cart is sold any more.')
      return carts.copy(owner, choices)
    },
  }
}
export type Baskets = ReturnType<typeof baskets>
