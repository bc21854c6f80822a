import { orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { SearchService } from './compose'

/** Refunds of what was paid beside the order: the order itself stays as it is. */
const besidesTheOrder = new Set<string | undefined>(['paid_twice', 'overpaid'])

/** No inbox is needed: the script that counts an order keeps what was counted for it, and whether it is over. */
export const recommendationHandlers = ({
  boughtTogether,
  countOrder,
  history,
}: Pick<SearchService, 'boughtTogether' | 'countOrder' | 'history'>) => [
  on(orderStatusUpdated, async ({ time, data: { order_id, user_id, status, previous, items } }) => {
    if (status === 'cancelled') return boughtTogether.takeBack({ order_id, user_id })
    // Each order takes one of these steps, once: so the time at which it is counted is the same, whichever event comes first.
    const isBought = status === 'paid' || (status === 'fulfilling' && previous === 'awaiting_payment')
    const product_ids = items.map(({ product_id }) => product_id)
    return isBought && countOrder({ order_id, user_id, product_ids, paidAt: new Date(time) })
  }),
  on(paymentRefunded, async ({ data: { order_id, user_id, total_refunded, captured, cause } }) => {
    const isWhole = captured !== undefined && total_refunded >= captured && !besidesTheOrder.has(cause)
    return isWhole && boughtTogether.takeBack({ order_id, user_id })
  }),
  eraseOn((_, userId) => history.forget(userId)),
]
