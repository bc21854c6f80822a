import type { ChargeState, Method } from '../domain'

/** What every payment provider can do for us. Amounts are minor units. */
export interface Provider {
  name: string
  /**
   * Takes the money, or begins to. A refusal is an answer (`failed`); an error thrown by any of these means that nobody knows what happened.
   * Repeated with the same payment it must not charge again: its key is `charge-<payment id>`.
   */
  charge(payment: ChargeRequest): Promise<Charge>
  /** What became of a charge whose answer was lost; nothing when the provider has never seen it. Moves no money. */
  chargeOf(payment: PaymentRef): Promise<Charge | undefined>
  capture(payment: PaymentRef): Promise<Charge>
  /** Lets go of an authorisation. One that was captured meanwhile comes back as it is. */
  void(payment: PaymentRef): Promise<Charge>
  refund(refund: RefundRef): Promise<RefundOutcome>
  refundOf(refund: RefundRef): Promise<RefundOutcome | undefined>
  /** Reads a webhook, and refuses with 400 what is unsigned, forged or older than `webhookAgeMs`. Nothing for events that are no news to us. */
  eventOf(body: Uint8Array, headers: Headers): Promise<ProviderEvent | undefined>
  /** Money that moved in a window, for reconciliation; nothing when this provider gives no report. */
  movements?(from: Date, to: Date): Promise<Movement[]>
}

export interface PaymentRef {
  paymentId: number
  orderId: number
  amount: number
  currency: string
  method: Method
  transactionId: string | null
  createdAt: Date
}
export interface ChargeRequest extends PaymentRef {
  token?: string | undefined
}
export interface Charge {
  state: ChargeState
  transactionId: string
  amount: number
  currency: string
  /** What the customer has to do next. */
  nextAction?: NextAction
  reason?: string
  /** The customer has agreed, and the money may be taken now. */
  capturable?: boolean
}
export interface NextAction {
  type: 'redirect' | 'provider_sdk' | 'bank_transfer'
  url?: string
  client_secret?: string
  reference?: string
  due_at?: string
}
export interface RefundRef {
  refundId: number
  payment: PaymentRef
  amount: number
  createdAt: Date
}
export interface RefundOutcome {
  state: 'pending' | 'succeeded' | 'failed'
  reference: string
}
export interface ProviderEvent {
  id: string
  /** Our own id, from the metadata that went with the charge. */
  paymentId?: number
  charge: Charge
}
export interface Movement {
  kind: 'capture' | 'refund'
  reference: string
  amount: number
  currency: string
  at: Date
}

export const chargeKey = ({ paymentId }: Pick<PaymentRef, 'paymentId'>) => `charge-${paymentId}`
export const captureKey = ({ paymentId }: Pick<PaymentRef, 'paymentId'>) => `capture-${paymentId}`
export const voidKey = ({ paymentId }: Pick<PaymentRef, 'paymentId'>) => `void-${paymentId}`
export const refundKey = ({ refundId }: Pick<RefundRef, 'refundId'>) => `refund-${refundId}`

/** A webhook older or newer than this is a replay. */
export const webhookAgeMs = 5 * 60_000

export type Providers = ReadonlyMap<string, Provider>
