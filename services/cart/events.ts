import { orderCreated } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { CartService } from './compose'

/** No inbox is needed: the script that removes what was ordered marks the order, and a cart can be deleted twice. */
export const cartHandlers = ({ carts }: Pick<CartService, 'carts'>) => [
  on(orderCreated, async ({ data: { order_id, user_id, items, coupon_code, from_cart } }) => {
    if (from_cart) await carts.removeOrdered(user_id, order_id, coupon_code?.trim().toUpperCase(), items)
  }),
  eraseOn((_, userId) => carts.forget(userId)),
]
