import { ask, type Clients } from '#shared/client'
import { createOffers } from '#shared/offers'
import { second } from '#shared/time'
import type { CartApi } from '../cart/app'
import type { ShippingApi } from '../shipping/app'

interface TakenFromCart {
  order_id: number
  token: string
  coupon_code?: string
  items: { product_id: string; sku: string; quantity: number }[]
}

/** Everything that order asks of other services. */
export const orderClients = (client: Clients, { rememberMs = second } = {}) => {
  const cart = client<CartApi>('cart')
  const shipping = client<ShippingApi>('shipping')
  return {
    offers: createOffers(client, { rememberMs }),

    cartOf: (userId: number) => ask('cart', cart.internal.carts({ user_id: userId }).get()),

    /** Reserves a cart of this version for one order, so that a second order of the same pieces is refused. */
    async beginCheckout(userId: number, version: number, token: string): Promise<void> {
      await ask('cart', cart.internal.carts({ user_id: userId }).checkout.post({ version, token }))
    },
    releaseCart: (userId: number, token: string) => ask('cart', cart.internal.carts({ user_id: userId }).release.post({ token })),
    /** Removes what was ordered from the cart. The event of the order does the same, so that a failure costs only time. */
    takeFromCart: (userId: number, taken: TakenFromCart) => ask('cart', cart.internal.carts({ user_id: userId }).take.post(taken)),

    /** Shipping's promise that nothing more of this order leaves the warehouse. It may be asked for again. */
    voidShipment: (orderId: number) => ask('shipping', shipping.internal.orders({ id: orderId }).void.post()),
  }
}
export type OrderClients = ReturnType<typeof orderClients>
