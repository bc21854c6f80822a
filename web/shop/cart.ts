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

const tabs = new BroadcastChannel('cart')

/** While what the cart costs is being asked for. */
export const cartLoading = signal(false)

type Asked = NonNullable<Parameters<typeof getCart>[1]>

let latest = 0
/** Where the goods go and how, as far as it is known: the prices are those of this delivery until there is another. */
let delivery: Asked = {}
/** Reads the cart with its prices. An answer that is overtaken by a later one is not shown. */
export async function loadCart(by = delivery): Promise<void> {
  delivery = by
  const mine = ++latest
  cartLoading.value = true
  try {
    const found = await getCart(shop, by)
    if (mine !== latest) return
    cart.value = found
    cartProblem.value = undefined
  } catch (error) {
    if (mine !== latest || !(error instanceof ShopError)) return
    const { shipping_option: wanted, ...place } = by
    // The place does not have the option, so the answer says which one it has.
    if (error.code === 'unknown_shipping_option' && wanted !== undefined) return loadCart(place)
    cartProblem.value = error
    // There is no such place, so no later reading asks for it.
    if (error.status === 400) delivery = {}
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
    tabs.postMessage('changed')
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

tabs.onmessage = () => void loadCart()
// Another device may have changed it.
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && cart.peek() && void loadCart())

/** What a guest chose goes with them when they sign in. If it cannot now, it does at the next visit. */
const merge = async () => {
  if ((await shop.connection.cart.read()) !== undefined) await mergeCart(shop).catch(() => {})
}

let owner: number | undefined
effect(() => {
  if (!sessionKnown.value) return
  const someone = person.value?.id
  const merging = someone !== undefined && someone !== owner ? merge() : Promise.resolve()
  owner = someone
  cart.value = undefined
  void merging.then(() => loadCart({}))
})
