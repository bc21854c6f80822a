import { isUnavailable } from '#shared/errors'
import type { OrderClients } from './clients'
import { bareLine } from './domain'
import type { OrderView } from './model'
import type { PricedOrder } from './price'

type Cart = Pick<OrderClients, 'beginCheckout' | 'releaseCart' | 'takeFromCart'>

interface Checkout {
  userId: number
  priced: Pick<PricedOrder, 'cartVersion' | 'coupon' | 'lines'>
  /** The same for a repeated request, which may go on with the cart that it reserved before. */
  token: string
}

/**
 * Stores an order from the cart while the cart is reserved for it, and takes what was ordered out of the cart: of two requests that
 * order the same cart, one stores its order. If cart does not answer once the order is stored, the event of the order takes it out.
 */
export const checkouts =
  ({ beginCheckout, releaseCart, takeFromCart }: Cart) =>
  async <Answer extends { body: OrderView }>({ userId, priced, token }: Checkout, store: () => Promise<Answer>): Promise<Answer> => {
    const { cartVersion, coupon, lines } = priced
    if (cartVersion === undefined) return store()
    await beginCheckout(userId, cartVersion, token)
    const answer = await store().catch(async error => {
      // While the database does not answer, the order may be stored all the same: the reservation then runs out by itself.
      if (!isUnavailable(error)) await releaseCart(userId, token).catch(() => {})
      throw error
    })
    const taken = { order_id: answer.body.id, token, ...(coupon !== undefined && { coupon_code: coupon }), items: lines.map(bareLine) }
    await takeFromCart(userId, taken).catch(() => {})
    return answer
  }
