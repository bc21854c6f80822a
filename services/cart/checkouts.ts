import type { Redis } from '#shared/redis'
import { day, minute, second } from '#shared/time'
import { type Line, refusals } from './domain'
import { beginCheckout, releaseCheckout, removeOrdered } from './scripts'

/** How long one order may take to be placed from a cart before another one may try. */
const checkoutMs = minute
/** As long as an inbox remembers a message. */
const markSeconds = (30 * day) / second

interface Ordered {
  orderId: number
  token?: string | undefined
  coupon?: string | undefined
  lines: readonly Pick<Line, 'product_id' | 'sku' | 'quantity'>[]
}

/** Orders from carts. A cart is reserved while an order from it is being stored, and then loses what was ordered. */
export const checkouts = (redis: Redis) => {
  const scripts = {
    begin: redis.script<[word: string]>(beginCheckout),
    release: redis.script<number>(releaseCheckout),
    take: redis.script<number>(removeOrdered),
  }
  const cartKey = (userId: number) => redis.key('user', userId)
  const leaseKey = (userId: number) => redis.key('checkout', userId)

  return {
    /** Reserves a cart of this version for one order: refused while another order is being placed from it. */
    async begin(userId: number, version: number, token: string): Promise<void> {
      const [word] = await scripts.begin([cartKey(userId), leaseKey(userId)], [version, token, checkoutMs])
      if (word !== 'ok') throw refusals[word]?.() ?? new Error(`the script answered ${word}`)
    },

    release: (userId: number, token: string) => scripts.release([leaseKey(userId)], [token]),

    /** Removes what was ordered, once for each order, and releases the cart that the order had reserved. */
    take: (userId: number, { orderId, token = '', coupon = '', lines }: Ordered) =>
      scripts.take(
        [cartKey(userId), redis.key('ordered', orderId), leaseKey(userId)],
        [markSeconds, token, coupon, ...lines.flatMap(({ product_id, sku, quantity }) => [product_id, sku, quantity])],
      ),
  }
}
export type Checkouts = ReturnType<typeof checkouts>
