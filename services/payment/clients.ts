import { type Clients, unwrap } from '#shared/client'
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

/** What payment asks of other services. */
export const paymentClients = (client: Clients) => {
  const orders = client<OrderApi>('order').internal.orders
  return {
    /** Reserves an order for one payment. The same payment may repeat its claim. */
    claimOrder: (id: number, claim: Claim): Promise<ClaimedOrder> => unwrap(orders({ id }).claim.post(claim)),
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
