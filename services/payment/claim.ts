import { AppError } from '#shared/errors'
import type { Claim, ClaimedOrder, PaymentClients } from './clients'

/** The order service sends `Retry-After` only while the order is not payable yet. */
const isNotReady = (error: unknown) => error instanceof AppError && error.code === 'order_not_payable' && error.retryAfter !== undefined

/** Claims an order for a payment. An order whose stock is still being reserved is waited for, up to `waitMs`. */
export const claimWhenReady = async (
  { claimOrder }: Pick<PaymentClients, 'claimOrder'>,
  orderId: number,
  claim: Claim,
  waitMs: number,
): Promise<ClaimedOrder> => {
  const deadline = Date.now() + waitMs
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 300)) {
    try {
      return await claimOrder(orderId, claim)
    } catch (error) {
      if (!isNotReady(error) || Date.now() + pauseMs > deadline) throw error
    }
    await Bun.sleep(pauseMs)
  }
}
