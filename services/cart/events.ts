import { orderCreated } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { Carts } from './repository'

/** Nothing here needs an inbox: the order leaves its mark in the same script, and forgetting twice is forgetting once. */
export const cartHandlers = ({ carts }: { carts: Carts }) => [
  on(orderCreated, async ({ data: { order_id, user_id, items, coupon_code, from_cart } }) => {
    if (from_cart) await carts.take(user_id, order_id, coupon_code?.trim().toUpperCase(), items)
  }),
  eraseOn((_, userId) => carts.forget(userId)),
]
