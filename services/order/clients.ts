import { ask, type Clients } from '#shared/client'
import { createOffers } from '#shared/offers'
import type { CartApi } from '../cart/app'
import type { ShippingApi } from '../shipping/app'

/** Everything that order asks of other services. */
export const orderClients = (client: Clients) => {
  const cart = client<CartApi>('cart')
  const shipping = client<ShippingApi>('shipping')
  return {
    offers: createOffers(client),

    cartOf: (userId: number) => ask('cart', cart.internal.carts({ user_id: userId }).get()),

    /** Shipping's promise that nothing more of this order leaves the warehouse. It may be asked for again. */
    voidShipment: (orderId: number) => ask('shipping', shipping.internal.orders({ id: orderId }).void.post()),
  }
}
export type OrderClients = ReturnType<typeof orderClients>
