import Stripe from 'stripe'
import { minute, second } from '#shared/time'
import { invalidSignature, staleWebhook, webhookAgeMs } from '#shared/webhook-signature'
import {
  type Charge,
  captureKey,
  chargeKey,
  type Movement,
  type NextAction,
  type PaymentRef,
  type Provider,
  paymentOfReference,
  type RefundOutcome,
  type RefundRef,
  referenceOf,
  refundKey,
} from './provider'

interface StripeOptions {
  key: string
  webhookSecret: string
  /** The name of this deployment. */
  deployment: string
  /** The address of a substitute for Stripe, in tests. */
  url?: string | undefined
  timeoutMs?: number
}

/** Stripe counts these two in hundredths, although ISO 4217 gives them no decimals. */
const inHundredths = new Set(['ISK', 'UGX'])
/** And this one in whole units, although ISO 4217 gives it two decimals. Stripe refuses a part of a unit. */
const inWholeUnits = new Set(['MGA'])
const toStripe = (amount: number, currency: string) =>
  inHundredths.has(currency) ? amount * 100 : inWholeUnits.has(currency) ? amount / 100 : amount
const fromStripe = (amount: number, currency: string) =>
  inHundredths.has(currency) ? amount / 100 : inWholeUnits.has(currency) ? amount * 100 : amount

const states: Record<Stripe.PaymentIntent.Status, Charge['state']> = {
  requires_payment_method: 'requires_action',
  requires_confirmation: 'pending',
  requires_action: 'requires_action',
  processing: 'pending',
  requires_capture: 'authorized',
  canceled: 'voided',
  succeeded: 'captured',
}
/** Stripe goes back to waiting for a card after one was refused. */
const stateOf = ({ status, last_payment_error }: Stripe.PaymentIntent): Charge['state'] =>
  status === 'requires_payment_method' && last_payment_error ? 'failed' : (states[status] ?? 'pending')

const relevantEvents = new Set([
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
])
/** A payment's intent is searched for among those that were created around the same time. */
const searchedBeforeMs = minute
const searchedAfterMs = 5 * minute
const maxSearched = 2000
const inSeconds = (at: Date) => Math.floor(at.getTime() / second)

/** Stripe's script in the customer's browser continues with the secret. */
const continueInBrowser = ({ client_secret }: Stripe.PaymentIntent): NextAction => ({
  type: 'provider_sdk',
  ...(client_secret && { client_secret }),
})
const chargeFrom = (intent: Stripe.PaymentIntent): Charge => {
  const currency = intent.currency.toUpperCase()
  const url = intent.next_action?.redirect_to_url?.url
  const error = intent.last_payment_error
  const state = stateOf(intent)
  return {
    state,
    transactionId: intent.id,
    amount: fromStripe(intent.amount, currency),
    currency,
    ...(state === 'requires_action' && {
      nextAction: url ? { type: 'redirect', url } : continueInBrowser(intent),
    }),
    ...(state === 'failed' && { reason: error?.decline_code ?? error?.code ?? 'declined', confirmable: true }),
  }
}
const refundFrom = ({ id, status }: Stripe.Refund): RefundOutcome => ({
  state: status === 'succeeded' ? 'succeeded' : status === 'failed' || status === 'canceled' ? 'failed' : 'pending',
  reference: id,
})

export const stripeProvider = ({ key, webhookSecret, deployment, url, timeoutMs = 4 * second }: StripeOptions): Provider => {
  const address = url === undefined ? undefined : new URL(url)
  const stripe = new Stripe(key, {
    // A retry carries the same idempotency key, so Stripe gives its first answer again.
    maxNetworkRetries: 1,
    timeout: timeoutMs,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(),
    ...(address && { host: address.hostname, port: address.port, protocol: address.protocol === 'http:' ? 'http' : 'https' }),
  })
  const idOf = ({ transactionId }: PaymentRef) => transactionId ?? ''

  /** The outcome of a final refusal. Every other error is thrown: the outcome stays unknown. */
  const refusedCharge = (error: unknown, payment: PaymentRef): Charge => {
    if (!(error instanceof Stripe.errors.StripeCardError) && !(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    const reason = error instanceof Stripe.errors.StripeCardError ? (error.decline_code ?? error.code) : 'provider_refused'
    const { amount, currency } = payment
    const refused = { state: 'failed', amount, currency, reason: reason ?? 'declined' } as const
    const intent = error.payment_intent
    return intent ? { ...refused, transactionId: intent.id, confirmable: true } : { ...refused, transactionId: '' }
  }
  /** The intent after a change. One whose state no longer allows the change is returned as it is. */
  const changed = async (payment: PaymentRef, change: Promise<Stripe.PaymentIntent>): Promise<Charge> => {
    try {
      return chargeFrom(await change)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
      return chargeFrom(await stripe.paymentIntents.retrieve(idOf(payment)))
    }
  }
  const refundOf = async ({ refundId, payment }: RefundRef): Promise<RefundOutcome | undefined> => {
    const { data } = await stripe.refunds.list({ payment_intent: idOf(payment), limit: 100 })
    const found = data.find(({ metadata }) => metadata?.refund_id === String(refundId))
    return found && refundFrom(found)
  }

  return {
    name: 'stripe',
    async charge(payment) {
      const { orderId, amount, currency, token } = payment
      const metadata = { payment_id: referenceOf(payment), order_id: String(orderId) }
      const intent = { amount: toStripe(amount, currency), currency: currency.toLowerCase(), metadata, payment_method_types: ['card'] }
      // Without a token nothing can be charged yet: the customer's browser continues with the client secret.
      const params = token === undefined ? intent : { ...intent, payment_method: token, confirm: true }
      try {
        return chargeFrom(await stripe.paymentIntents.create(params, { idempotencyKey: chargeKey(payment) }))
      } catch (error) {
        return refusedCharge(error, payment)
      }
    },
    /** Reads Stripe's list, which is up to date at once; its search index lags. */
    async chargeOf(payment) {
      if (payment.transactionId) return chargeFrom(await stripe.paymentIntents.retrieve(payment.transactionId))
      const began = payment.createdAt.getTime()
      const created = { gte: inSeconds(new Date(began - searchedBeforeMs)), lte: inSeconds(new Date(began + searchedAfterMs)) }
      let searched = 0
      for await (const intent of stripe.paymentIntents.list({ created, limit: 100 })) {
        if (intent.metadata.payment_id === referenceOf(payment)) return chargeFrom(intent)
        if (++searched >= maxSearched) throw new Error(`the search for a payment's intent ended after ${maxSearched} others`)
      }
      return undefined
    },
    capture: payment => changed(payment, stripe.paymentIntents.capture(idOf(payment), {}, { idempotencyKey: captureKey(payment) })),
    // Without an idempotency key of ours: Stripe would replay an earlier refusal even once the intent can be cancelled.
    void: payment => changed(payment, stripe.paymentIntents.cancel(idOf(payment))),
    async refund(refund) {
      const { payment, amount, refundId } = refund
      const params = {
        payment_intent: idOf(payment),
        amount: toStripe(amount, payment.currency),
        metadata: { refund_id: String(refundId) },
      }
      try {
        return refundFrom(await stripe.refunds.create(params, { idempotencyKey: refundKey(refund) }))
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return { state: 'failed', reference: '' }
        throw error
      }
    },
    refundOf,
    async eventOf(body, headers) {
      const header = headers.get('stripe-signature') ?? ''
      const event = await stripe.webhooks
        .constructEventAsync(Buffer.from(body), header, webhookSecret, webhookAgeMs / second)
        .catch(error => {
          throw error instanceof Error && /tolerance/.test(error.message) ? staleWebhook() : invalidSignature()
        })
      if (!relevantEvents.has(event.type)) return undefined
      const intent = event.data.object as Stripe.PaymentIntent
      const paymentId = paymentOfReference(intent.metadata.payment_id, deployment)
      if (paymentId === null) return undefined
      return { id: event.id, ...(paymentId !== undefined && { paymentId }), charge: chargeFrom(intent) }
    },
    async *movements(from, to): AsyncIterable<Movement> {
      const created = { gte: inSeconds(from), lt: inSeconds(to) }
      const at = (created: number) => new Date(created * second)
      for await (const { payment_intent, amount_captured, currency, created: when } of stripe.charges.list({ created, limit: 100 })) {
        const reference = typeof payment_intent === 'string' ? payment_intent : payment_intent?.id
        const code = currency.toUpperCase()
        if (reference && amount_captured > 0)
          yield { kind: 'capture', reference, amount: fromStripe(amount_captured, code), currency: code, at: at(when) }
      }
      for await (const { id, amount, currency, status, created: when } of stripe.refunds.list({ created, limit: 100 })) {
        const code = currency.toUpperCase()
        if (status === 'succeeded') yield { kind: 'refund', reference: id, amount: fromStripe(amount, code), currency: code, at: at(when) }
      }
    },
  }
}
