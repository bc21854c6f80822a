import type { Redis } from '#shared/redis'
import { cartIds } from './cart-ids'
import { checkouts } from './checkouts'
import type { CartClients } from './clients'
import { shareTokens } from './keyed-requests'
import { pricedCarts } from './priced-carts'
import { cartRepository } from './repository'

interface Ports {
  redis: Redis
  clients: CartClients
  /** What the ids of guest carts are signed with, and tokens of shared carts are made from. */
  idSecret: string
}

export const compose = ({ redis, clients: { offers, defaultPlace }, idSecret }: Ports) => {
  const carts = cartRepository(redis)
  const ids = cartIds({ secret: idSecret, exists: id => carts.exists({ guest: id }) })
  return {
    ids,
    shareTokenFor: shareTokens(idSecret),
    carts,
    checkouts: checkouts(redis),
    pricedCarts: pricedCarts({ carts, offers, defaultPlace }),
  }
}
export type CartService = ReturnType<typeof compose>
