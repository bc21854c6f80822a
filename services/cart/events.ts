import { orderCreated } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { CartService } from './compose'
import { normalCode } from './domain'

/** No inbox is needed: the script that removes what was ordered marks the order, and a cart can be deleted twice. */
export const cartHandlers = ({ carts, checkouts }: Pick<CartService, 'carts' | 'checkouts'>) => [
  on(orderCreated, async ({ data: { order_id, user_id, items, coupon_code, from_cart } }) => {
    if (from_cart) await checkouts.take(user_id, { orderId: order_id, coupon: normalCode(coupon_code), lines: items })
  }),
  eraseOn((_, userId) => carts.forget(userId)),
]
