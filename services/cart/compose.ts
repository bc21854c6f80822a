import type { Redis } from '#shared/redis'
import { remember } from '#shared/remember'
import { cartIds } from './cart-ids'
import { checkouts } from './checkouts'
import type { CartClients } from './clients'
import { pricedCarts } from './priced-carts'
import { cartRepository } from './repository'

interface Ports {
  redis: Redis
  clients: CartClients
  /** What the ids of guest carts are signed with. */
  idSecret: string
  /** How old the prices may be that the answer to a change shows. */
  rememberMs?: number
}

export const compose = ({ redis, clients: { offers, defaultPlace }, idSecret, rememberMs = 1500 }: Ports) => {
  const carts = cartRepository(redis)
  const catalog = remember(offers.products, { ms: rememberMs, most: 2000 })
  const ids = cartIds({ secret: idSecret, exists: id => carts.exists({ guest: id }) })
  return { ids, carts, checkouts: checkouts(redis), pricedCarts: pricedCarts({ carts, catalog, offers, defaultPlace }) }
}
export type CartService = ReturnType<typeof compose>
