import type { Address, Place } from '#shared/address'
import { AppError, conflict } from '#shared/errors'
import { defaultCurrency, sumOf, times } from '#shared/money'
import { type CatalogProduct, couponRejected, type Offers } from '#shared/offers'
import type { CartClients } from './clients'
import {
  type Cart,
  type CurrentLine,
  choose,
  currentLine,
  lastShown,
  mostOf,
  newlyShown,
  type PricedLines,
  pricedLines,
  type Quote,
  type QuoteRefusal,
  quoteOf,
  refusalOf,
} from './domain'
import type { CartRepository, ChangedLine, ExpectedVersions, LineChange, Owner } from './repository'

interface Ports {
  carts: CartRepository
  offers: Offers
  defaultPlace: CartClients['defaultPlace']
}

interface EnteredCode {
  code: string
  /** Who enters it: promotion counts wrong codes. */
  guesser: string
}
/** What a quote is for: without a place, for the owner's own place; without an option, for the one that an order gets which names none. */
interface Asked {
  place?: Place | undefined
  option?: string | undefined
}
type Discounts = Awaited<ReturnType<Offers['discounts']>>
type Coupon = Discounts['coupon']
export interface ShownCart {
  cart: Cart
  lines: CurrentLine[]
  quote: Quote | undefined
  /** What promotion says about the cart's coupon; undefined when it was not asked. */
  coupon: Coupon | undefined
  /** Why there is no quote while the cart is as it is; undefined where waiting gives one. */
  refusal?: QuoteRefusal | undefined
}

/** What is not known of an address decides nothing about its price. Text alone is in the default zone. */
const notKnown = 'not known yet'
const addressIn = ({ country, region }: Place): Address =>
  country === undefined ? notKnown : { line1: notKnown, city: notKnown, country, ...(region !== undefined && { region }) }
const noAmounts = { subtotal: 0, discount: 0, tax: 0 }
const userOf = (owner: Owner) => ('user' in owner ? owner.user : undefined)
const productsOf = (lines: Iterable<{ product_id: string }>) => [...lines].map(line => line.product_id)

/** Carts with what the catalog, promotion, shipping and tax say about them now. */
export const pricedCarts = ({ carts, offers, defaultPlace }: Ports) => {
  const catalog = offers.products
  const placeFor = async (owner: Owner): Promise<Place> => ('user' in owner ? defaultPlace(owner.user) : {})

  const priceOf = async ({ lines, currency }: PricedLines, discounts: Discounts | Promise<Discounts>, owner: Owner, asked: Asked) => {
    const [given, place] = await Promise.all([discounts, asked.place ?? placeFor(owner)])
    const subtotal = sumOf(lines.map(({ price, quantity }) => times(price, quantity)))
    const discounted = lines.map((line, index) => ({ ...line, net: times(line.price, line.quantity) - (given.shares[index] ?? 0) }))
    const goods = { currency, address: addressIn(place), lines: discounted }
    const terms = { subtotal: subtotal - given.discount, freeShipping: given.freeShipping, option: asked.option }
    const { chosen, offered } = await offers.carriage({ ...goods, ...terms })
    const { tax } = await offers.taxes(goods, chosen.price)
    return { coupon: given.coupon, quote: quoteOf({ subtotal, discount: given.discount, tax }, currency, { chosen, offered }) }
  }
  /** Without a quote while a service that it needs fails, or where shipping has no prices. An option that is not offered is refused. */
  const priceIfPossible = (...priced: Parameters<typeof priceOf>): Promise<Omit<ShownCart, 'cart' | 'lines'>> =>
    priceOf(...priced).catch(error => {
      if (!(error instanceof AppError) || error.code === 'unknown_shipping_option') throw error
      return { coupon: undefined, quote: undefined, ...(error.code === 'no_rate_for_currency' && { refusal: error.code }) }
    })

  const currentLines = (cart: Cart, products: ReadonlyMap<string, CatalogProduct>) =>
    cart.lines.map(line => currentLine(line, products.get(line.product_id), true))
  const freshLines = async (cart: Cart) => currentLines(cart, await catalog.fresh(productsOf(cart.lines)))

  /** With current prices and the quote. It fails without the catalog; without one of the others the quote is missing. */
  const show = async (owner: Owner, cart: Cart, asked: Asked): Promise<ShownCart> => {
    const lines = await freshLines(cart)
    if (lines.length === 0) return { cart, lines, quote: quoteOf(noAmounts, defaultCurrency), coupon: undefined }
    const priced = pricedLines(lines)
    if (!priced) return { cart, lines, quote: undefined, coupon: undefined, refusal: refusalOf(lines) }
    const discounts = offers.discounts(priced, { userId: userOf(owner), coupon: cart.coupon })
    return { cart, lines, ...(await priceIfPossible(priced, discounts, owner, asked)) }
  }

  /** The prices that a user sees beside a quote are those at which their order from the cart is placed. */
  const keepPrices = async (owner: Owner, showing: Promise<ShownCart>): Promise<ShownCart> => {
    if (!('user' in owner)) return showing
    const [shown, known] = await Promise.all([showing, carts.shownPrices(owner.user)])
    const changed = newlyShown(shown.cart.lines, shown.lines, known)
    if (changed) await carts.keepShownPrices(owner.user, changed)
    return shown
  }

  return {
    show: (owner: Owner, asked: Asked = {}) =>
      keepPrices(
        owner,
        carts.get(owner).then(cart => show(owner, cart, asked)),
      ),

    /** What an order from the cart would contain, each line with the price that the cart showed last. */
    async forOrder(userId: number) {
      const [cart, shown] = await Promise.all([carts.read({ user: userId }), carts.shownPrices(userId)])
      return { ...cart, lines: cart.lines.map(line => ({ ...line, shown: lastShown(line, shown) })) }
    },

    /** After a change that is stored: prices may be a moment old, and are missing while the catalog is down. There is no quote. */
    async showChanged(cart: Cart): Promise<ShownCart> {
      const products = await catalog.recent(productsOf(cart.lines)).catch(() => undefined)
      const lines = products ? currentLines(cart, products) : cart.lines.map(line => currentLine(line, undefined, false))
      return { cart, lines, quote: undefined, coupon: undefined }
    },

    /** A line that is there is changed in one call to the store; only a new one needs the catalog. */
    async changeLine(owner: Owner, change: LineChange, versions: ExpectedVersions): Promise<ChangedLine> {
      const changed = await carts.changeLine(owner, change, versions)
      if (changed) return changed
      const products = await catalog.recent([change.product_id])
      const added = await carts.changeLine(owner, change, versions, choose(products.get(change.product_id), change.sku))
      if (!added) throw new Error('the script refused a line that it was given with its choice')
      return added
    },

    /** Moves a guest's cart into the user's, up to the stock. A line that is added meanwhile makes it try again. */
    async merge(userId: number, guest: string, versions: ExpectedVersions): Promise<Cart> {
      for (let tries = 0; tries < 10; tries++) {
        const added = await carts.linesOf({ guest })
        const products = await catalog.fresh(productsOf(added.values()))
        const most = new Map([...added].map(([name, line]) => [name, mostOf(line, products.get(line.product_id))]))
        const merged = await carts.merge(userId, guest, most, versions)
        if (merged) return merged
      }
      throw conflict('cart_busy', 'The guest cart is being changed; send the merge again.', 1)
    },

    /** Keeps a code that promotion would accept for what is in the cart now. */
    async useCoupon(owner: Owner, { code, guesser }: EnteredCode, versions: ExpectedVersions, asked: Asked = {}): Promise<ShownCart> {
      const before = await carts.get(owner)
      const lines = await freshLines(before)
      const priced = pricedLines(lines)
      if (!priced) throw conflict('cart_empty', 'There is nothing in the cart that a code could be used for.')
      const discounts = await offers.discounts(priced, { userId: userOf(owner), coupon: code, guesser })
      const { coupon } = discounts
      if (!coupon?.valid) throw couponRejected('/code', coupon?.reason)
      // Before the code is kept, since an option that is not offered is refused: a refused request changes nothing.
      const answer = await priceIfPossible(priced, discounts, owner, asked)
      const cart = await carts.setCoupon(owner, coupon.code, versions)
      const isPriced = Bun.deepEquals(cart.lines, before.lines)
      return keepPrices(owner, isPriced ? Promise.resolve({ cart, lines, ...answer, coupon }) : show(owner, cart, asked))
    },

    /** Copies a shared cart at today's prices, without what is no longer sold. */
    async copyShared(owner: Owner, token: string, versions: ExpectedVersions): Promise<Cart> {
      const shared = await carts.shared(token)
      const products = await catalog.fresh(productsOf(shared))
      const choices = shared.flatMap(line => {
        const product = products.get(line.product_id)
        const isSold = currentLine(line, product, true).price !== undefined
        return isSold ? [{ choice: choose(product, line.sku), quantity: line.quantity }] : []
      })
      if (choices.length === 0) throw conflict('product_unavailable', 'Nothing of the shared cart is still sold.')
      return carts.copy(owner, choices, versions)
    },
  }
}
export type PricedCarts = ReturnType<typeof pricedCarts>
