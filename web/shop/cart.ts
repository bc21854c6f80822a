import { effect, signal } from '@preact/signals'
import {
  addCartItem,
  applyCoupon,
  getCart,
  mergeCart,
  removeCartItem,
  removeCoupon as removeCouponOf,
  setCartItem,
} from '../../sdk/src/api/cart.ts'
import { ShopError, shop } from '../kit/api'
import { person, sessionKnown } from '../kit/session'
import type { Cart } from './types'

/** The cart as it was seen last; undefined until then. The SDK remembers which one a guest has. */
export const cart = signal<Cart | undefined>(undefined)
export const cartProblem = signal<ShopError | undefined>(undefined)

/** The visitor's other tabs. A browser that lets the page store nothing has none of them. */
const openTabs = () => {
  try {
    return new BroadcastChannel('cart')
  } catch {
    return undefined
  }
}
const tabs = openTabs()

/** The product that a fault of an order from the cart is about: that of its line, such as `/items/0/price`. */
export const productOf = (path: string): string | undefined => {
  const item = cart.peek()?.items[Number(/^\/items\/(\d+)/.exec(path)?.[1])]
  return item && (item.name ?? item.sku)
}

/** While what the cart costs is being asked for. */
export const cartLoading = signal(false)

type Asked = NonNullable<Parameters<typeof getCart>[1]>

let latest = 0
/** Where the goods go and how, as it was asked for last: the prices are those of this delivery until there is another. */
export const delivery = signal<Asked>({})
/** The same without an option that the place does not have. */
let sent: Asked = {}
const deliverTo = (by: Asked) => {
  delivery.value = by
  sent = by
}

/** What a guest chose goes with them when they sign in; until then their cart is not whole. If it cannot now, it does at the next visit. */
const merge = async () => {
  if ((await shop.connection.cart.read()) !== undefined) await mergeCart(shop).catch(() => {})
}
let merging = Promise.resolve()

/** Reads the cart with its prices. An answer that is overtaken by a later one is not shown. What is read `quietly` does not look like a wait. */
export async function loadCart(by?: Asked, { quietly = false } = {}): Promise<void> {
  if (by) deliverTo(by)
  const asked = sent
  const mine = ++latest
  if (!quietly) cartLoading.value = true
  try {
    await merging
    if (mine !== latest) return
    const found = await getCart(shop, asked)
    if (mine !== latest) return
    cart.value = found
    cartProblem.value = undefined
  } catch (error) {
    if (mine !== latest || !(error instanceof ShopError)) return
    const { shipping_option: wanted, ...place } = asked
    // The place does not have the option, so the answer says which one it has.
    if (error.code === 'unknown_shipping_option' && wanted !== undefined) {
      sent = place
      return loadCart(undefined, { quietly })
    }
    // If there is no such place, it stays the one that is asked for: prices for another would look like those for this one.
    cartProblem.value = error
  } finally {
    if (mine === latest) cartLoading.value = false
  }
}

/** After a change the cart is shown with its new prices, in every tab. */
const changing =
  <Given extends unknown[]>(change: (...given: Given) => Promise<unknown>) =>
  async (...given: Given) => {
    await change(...given)
    await loadCart()
    tabs?.postMessage('changed')
  }

interface Piece {
  product_id: string
  sku?: string
}
const ofSku = ({ sku }: Piece) => (sku ? { sku } : {})

export const addToCart = changing((piece: Piece & { quantity: number }, headers: Record<string, string>) =>
  addCartItem(shop, piece, { headers }),
)
export const setQuantity = changing((piece: Piece, quantity: number) =>
  quantity > 0 ? setCartItem(shop, piece.product_id, { quantity }, ofSku(piece)) : removeCartItem(shop, piece.product_id, ofSku(piece)),
)
export const enterCoupon = changing((code: string) => applyCoupon(shop, { code }))
export const removeCoupon = changing(() => removeCouponOf(shop))

if (tabs) tabs.onmessage = () => void loadCart()
// Another device may have changed it.
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && cart.peek() && void loadCart())

let owner: number | undefined
effect(() => {
  if (!sessionKnown.value) return
  const someone = person.value?.id
  if (someone !== owner) {
    if (someone !== undefined) merging = merge()
    cart.value = undefined
    deliverTo({})
  }
  owner = someone
  void loadCart()
})
