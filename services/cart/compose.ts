import type { Redis } from '#shared/redis'
import { remember } from '#shared/remember'
import { checkouts } from './checkouts'
import type { CartClients } from './clients'
import { pricedCarts } from './priced-carts'
import { cartRepository } from './repository'

interface Ports {
  redis: Redis
  clients: CartClients
  /** How old the prices may be that the answer to a change shows. */
  rememberMs?: number
}

export const compose = ({ redis, clients: { offers }, rememberMs = 1500 }: Ports) => {
  const carts = cartRepository(redis)
  const catalog = remember(offers.products, { ms: rememberMs, most: 2000 })
  return { carts, checkouts: checkouts(redis), pricedCarts: pricedCarts({ carts, catalog, offers }) }
}
export type CartService = ReturnType<typeof compose>
