import { type Clients, unwrap } from '#shared/client'
import { AppError } from '#shared/errors'
import type { OrderApi } from '../order/app'
import type { Method } from './domain'

export interface Claim {
  payment_id: number
  user_id: number
  is_admin: boolean
  /** In major units, as the customer sent it. */
  amount: number
  currency?: string
  payment_method: Method
}
export interface Claimed {
  order_id: number
  user_id: number
  amount: number
  currency: string
}
/** The order service, as far as payments ask it. */
export interface OrderDesk {
  claim(orderId: number, claim: Claim): Promise<Claimed>
  release(orderId: number, paymentId: number): Promise<unknown>
}

/** Only an order that is still being made ready says when to come back. */
const isNotReady = (error: unknown) => error instanceof AppError && error.code === 'order_not_payable' && error.retryAfter !== undefined

/** An order whose stock is being reserved just now is waited for. The same payment may claim as often as it likes. */
export const claimWhenReady = async (orders: OrderDesk, orderId: number, claim: Claim, waitMs: number): Promise<Claimed> => {
  const deadline = Date.now() + waitMs
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 300)) {
    try {
      return await orders.claim(orderId, claim)
    } catch (error) {
      if (!isNotReady(error) || Date.now() + pauseMs > deadline) throw error
    }
    await Bun.sleep(pauseMs)
  }
}

export const orderDesk = (client: Clients): OrderDesk => {
  const orders = client<OrderApi>('order').internal.orders
  return {
    claim: (id, claim) => unwrap(orders({ id }).claim.post(claim)),
    release: (id, payment_id) => unwrap(orders({ id }).release.post({ payment_id })),
  }
}
