import { day, minute, second } from '#shared/time'

/** How long things may take, in milliseconds. */
export interface PaymentTerms {
  /** How long a payment waits for an order that is not payable yet. */
  readyMs: number
  /** How long a provider may take to answer. */
  deadlineMs: number
  /** When the follow-up first asks about an action: by then the request that began it has ended. */
  askAfterMs: number
  /** How long a charge that its provider has never seen may still be on its way there. */
  giveUpMs: number
  /** How long a customer may take over 3-D Secure and the like. */
  actionMs: number
  /** When a bank transfer is due. */
  transferDueMs: number
}
export const usualTerms: PaymentTerms = {
  readyMs: 3 * second,
  deadlineMs: 5 * second,
  askAfterMs: 20 * second,
  giveUpMs: minute,
  actionMs: 10 * minute,
  transferDueMs: 3 * day,
}
