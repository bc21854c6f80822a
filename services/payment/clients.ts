import { type Clients, unwrap } from '#shared/client'
import { second } from '#shared/time'
import type { OrderApi } from '../order/app'
import type { PaymentMethod } from './domain'

export interface Claim {
  payment_id: number
  user_id: number
  is_admin: boolean
  /** In major units, as the customer sent it. */
  amount: number
  currency?: string
  payment_method: PaymentMethod
  /** How long the order service may wait for the order to be payable. */
  wait_ms: number
}
export interface Hold {
  payment_id: number
  /** In major units. */
  amount: number
  currency: string
  /** How long the payment may still take. */
  hold_ms: number
}
export interface ClaimedOrder {
  order_id: number
  user_id: number
  amount: number
  currency: string
}

/** More than any `wait_ms`, so that the order service's answer still comes. */
const claimDeadlineMs = 5 * second

/** What payment asks of other services. */
export const paymentClients = (client: Clients) => {
  const orders = client<OrderApi>('order').internal.orders
  const patient = client<OrderApi>('order', { deadlineMs: claimDeadlineMs }).internal.orders
  return {
    /** Reserves an order for one payment. The same payment may repeat its claim. */
    claimOrder: (id: number, claim: Claim): Promise<ClaimedOrder> => unwrap(patient({ id }).claim.post(claim)),
    /** Keeps the order claimed for a stored payment. May be repeated. */
    holdOrder: async (id: number, hold: Hold): Promise<void> => {
      await unwrap(orders({ id }).hold.post(hold))
    },
    releaseOrder: async (id: number, payment_id: number): Promise<void> => {
      await unwrap(orders({ id }).release.post({ payment_id }))
    },
  }
}
export type PaymentClients = ReturnType<typeof paymentClients>
