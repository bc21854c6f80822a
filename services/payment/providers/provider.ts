import { oneOf, type Static, t } from '#shared/schema'
import { chargeStates, type PaymentMethod } from '../domain'

/** What every payment provider can do for us. Amounts are minor units. Any error that is thrown means that the outcome is unknown. */
export interface Provider {
  name: string
  /** Takes the money, or begins to; a refusal is an answer (`failed`). Must not charge the same payment twice: its key is `chargeKey`. */
  charge(payment: ChargeRequest): Promise<Charge>
  /** The charge as the provider has it, or undefined when the provider has never seen it. Moves no money. */
  chargeOf(payment: PaymentRef): Promise<Charge | undefined>
  capture(payment: PaymentRef): Promise<Charge>
  /** Cancels a charge that has taken no money. One that was captured meanwhile is returned as it is. */
  void(payment: PaymentRef): Promise<Charge>
  refund(refund: RefundRef): Promise<RefundOutcome>
  /** The refund as the provider has it, or undefined when the provider has never seen it. */
  refundOf(refund: RefundRef): Promise<RefundOutcome | undefined>
  /** Reads a webhook; undefined for an event that does not concern us. Refuses a bad signature or an old webhook with 400. */
  eventOf(body: Uint8Array, headers: Headers): Promise<ProviderEvent | undefined>
  /** The money that moved in a window, for reconciliation, read page by page. Absent when the provider has no such report. */
  movements?(from: Date, to: Date): AsyncIterable<Movement>
}

export interface PaymentRef {
  paymentId: number
  /** The name of the deployment, with a hyphen after it; empty for a payment of the release before. */
  keyPrefix: string
  orderId: number
  amount: number
  currency: string
  method: PaymentMethod
  transactionId: string | null
  createdAt: Date
}
export interface ChargeRequest extends PaymentRef {
  token?: string | undefined
}

/** What the customer has to do next. Stored with the payment. */
export const NextAction = t.Object({
  type: oneOf(['redirect', 'provider_sdk', 'bank_transfer']),
  url: t.Optional(t.String()),
  client_secret: t.Optional(t.String()),
  reference: t.Optional(t.String()),
  due_at: t.Optional(t.String()),
  bank_account: t.Optional(t.String()),
})
export type NextAction = Static<typeof NextAction>

export const Charge = t.Object({
  state: oneOf(chargeStates),
  transactionId: t.String(),
  amount: t.Number(),
  currency: t.String(),
  nextAction: t.Optional(NextAction),
  /** Why it failed. */
  reason: t.Optional(t.String()),
  /** The customer has agreed, and the money may be captured now. */
  capturable: t.Optional(t.Boolean()),
  /** It failed, but the customer could confirm it again with another card until it is voided. */
  confirmable: t.Optional(t.Boolean()),
})
export type Charge = Static<typeof Charge>

/** A webhook's content. Stored until its payment is known. */
export const ProviderEvent = t.Object({
  id: t.String(),
  /** Our own id, from the metadata that was sent with the charge. */
  paymentId: t.Optional(t.Number()),
  charge: Charge,
})
export type ProviderEvent = Static<typeof ProviderEvent>

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
export interface Movement {
  kind: 'capture' | 'refund'
  reference: string
  amount: number
  currency: string
  at: Date
}

type KeyParts = Pick<PaymentRef, 'keyPrefix' | 'paymentId'>
export const chargeKey = ({ keyPrefix, paymentId }: KeyParts) => `charge-${keyPrefix}${paymentId}`
export const captureKey = ({ keyPrefix, paymentId }: KeyParts) => `capture-${keyPrefix}${paymentId}`
export const refundKey = ({ refundId, payment }: Pick<RefundRef, 'refundId' | 'payment'>) => `refund-${payment.keyPrefix}${refundId}`

/** Our id of a payment, as a provider keeps it with the charge. */
export const referenceOf = ({ keyPrefix, paymentId }: KeyParts) => `${keyPrefix}${paymentId}`
/** The payment that a reference names. Null for one of another deployment, undefined for a text that is no reference. */
export const paymentOfReference = (reference: string | undefined, deployment: string): number | null | undefined => {
  const [, name, id] = /^(?:([0-9a-z]+)-)?(\d{1,15})$/.exec(reference ?? '') ?? []
  if (id === undefined) return undefined
  return name === undefined || name === deployment ? Number(id) : null
}

export type Providers = ReadonlyMap<string, Provider>
