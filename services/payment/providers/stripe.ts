import Stripe from 'stripe'
import {
  type Charge,
  captureKey,
  chargeKey,
  type Movement,
  type PaymentRef,
  type Provider,
  type RefundOutcome,
  type RefundRef,
  refundKey,
  voidKey,
  webhookAgeMs,
} from './provider'
import { staleStamp, unsigned } from './signature'

interface StripeOptions {
  key: string
  webhookSecret: string
  /** Another address than Stripe's own, for tests. */
  url?: string | undefined
  timeoutMs?: number
}

/** Stripe counts these in hundredths, though ISO 4217 has no decimals for them (ISK) or they are never used (UGX). */
const inHundredths = new Set(['ISK', 'UGX'])
const toStripe = (amount: number, currency: string) => (inHundredths.has(currency) ? amount * 100 : amount)
const fromStripe = (amount: number, currency: string) => (inHundredths.has(currency) ? amount / 100 : amount)

const states: Record<Stripe.PaymentIntent.Status, Charge['state']> = {
  requires_payment_method: 'failed',
  requires_confirmation: 'pending',
  requires_action: 'requires_action',
  processing: 'pending',
  requires_capture: 'authorized',
  canceled: 'voided',
  succeeded: 'captured',
}
const told = new Set([
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
])
/** More intents in one minute than this are not looked through. */
const maxLookedAt = 2000
const seconds = (at: Date) => Math.floor(at.getTime() / 1000)

const chargeFrom = (intent: Stripe.PaymentIntent): Charge => {
  const currency = intent.currency.toUpperCase()
  const url = intent.next_action?.redirect_to_url?.url
  const error = intent.last_payment_error
  const state = states[intent.status] ?? 'pending'
  return {
    state,
    transactionId: intent.id,
    amount: fromStripe(intent.amount, currency),
    currency,
    ...(state === 'requires_action' && {
      nextAction: url
        ? { type: 'redirect', url }
        : { type: 'provider_sdk', ...(intent.client_secret && { client_secret: intent.client_secret }) },
    }),
    ...(state === 'failed' && { reason: error?.decline_code ?? error?.code ?? 'declined' }),
  }
}
const refundFrom = ({ id, status }: Stripe.Refund): RefundOutcome => ({
  state: status === 'succeeded' ? 'succeeded' : status === 'failed' || status === 'canceled' ? 'failed' : 'pending',
  reference: id,
})

export const stripeProvider = ({ key, webhookSecret, url, timeoutMs = 4000 }: StripeOptions): Provider => {
  const own = url === undefined ? undefined : new URL(url)
  const stripe = new Stripe(key, {
    // Repeated with the same idempotency key: Stripe answers as the first time.
    maxNetworkRetries: 1,
    timeout: timeoutMs,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(),
    ...(own && { host: own.hostname, port: own.port, protocol: own.protocol === 'http:' ? 'http' : 'https' }),
  })
  const idOf = ({ transactionId }: PaymentRef) => transactionId ?? ''

  /** What was refused for good is an outcome; whatever else goes wrong leaves it unknown. */
  const refused = (error: unknown, payment: PaymentRef): Charge => {
    if (!(error instanceof Stripe.errors.StripeCardError) && !(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error
    const reason = error instanceof Stripe.errors.StripeCardError ? (error.decline_code ?? error.code) : 'provider_refused'
    const { amount, currency } = payment
    return { state: 'failed', transactionId: error.payment_intent?.id ?? '', amount, currency, reason: reason ?? 'declined' }
  }
  /** An intent that has moved on meanwhile is taken as it is. */
  const orAsItIs = async (payment: PaymentRef, change: Promise<Stripe.PaymentIntent>): Promise<Charge> => {
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
      const { paymentId, orderId, amount, currency, token } = payment
      const metadata = { payment_id: String(paymentId), order_id: String(orderId) }
      const wanted = { amount: toStripe(amount, currency), currency: currency.toLowerCase(), metadata, payment_method_types: ['card'] }
      // Without a token there is nothing to charge yet: the customer's browser goes on with the client secret.
      const params = token === undefined ? wanted : { ...wanted, payment_method: token, confirm: true }
      try {
        const intent = await stripe.paymentIntents.create(params, { idempotencyKey: chargeKey(payment) })
        const charge = chargeFrom(intent)
        if (token !== undefined) return charge
        const nextAction = { type: 'provider_sdk' as const, ...(intent.client_secret && { client_secret: intent.client_secret }) }
        return { state: 'requires_action', transactionId: intent.id, amount, currency, nextAction }
      } catch (error) {
        return refused(error, payment)
      }
    },
    /** Stripe's list is up to date at once, its search is not. */
    async chargeOf(payment) {
      if (payment.transactionId) return chargeFrom(await stripe.paymentIntents.retrieve(payment.transactionId))
      const since = seconds(payment.createdAt)
      let looked = 0
      for await (const intent of stripe.paymentIntents.list({ created: { gte: since - 60, lte: since + 300 }, limit: 100 })) {
        if (intent.metadata.payment_id === String(payment.paymentId)) return chargeFrom(intent)
        if (++looked >= maxLookedAt) throw new Error('too many intents to find one among them')
      }
      return undefined
    },
    capture: payment => orAsItIs(payment, stripe.paymentIntents.capture(idOf(payment), {}, { idempotencyKey: captureKey(payment) })),
    void: payment => orAsItIs(payment, stripe.paymentIntents.cancel(idOf(payment), {}, { idempotencyKey: voidKey(payment) })),
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
        .constructEventAsync(Buffer.from(body), header, webhookSecret, webhookAgeMs / 1000)
        .catch(error => {
          throw error instanceof Error && /tolerance/.test(error.message) ? staleStamp() : unsigned()
        })
      if (!told.has(event.type)) return undefined
      const intent = event.data.object as Stripe.PaymentIntent
      const paymentId = Number(intent.metadata.payment_id)
      return { id: event.id, ...(Number.isSafeInteger(paymentId) && { paymentId }), charge: chargeFrom(intent) }
    },
    async movements(from, to) {
      const created = { gte: seconds(from), lt: seconds(to) }
      const found: Movement[] = []
      const at = (created: number) => new Date(created * 1000)
      for await (const { payment_intent, amount_captured, currency, created: when } of stripe.charges.list({ created, limit: 100 })) {
        const reference = typeof payment_intent === 'string' ? payment_intent : payment_intent?.id
        const code = currency.toUpperCase()
        if (reference && amount_captured > 0)
          found.push({ kind: 'capture', reference, amount: fromStripe(amount_captured, code), currency: code, at: at(when) })
      }
      for await (const { id, amount, currency, status, created: when } of stripe.refunds.list({ created, limit: 100 })) {
        const code = currency.toUpperCase()
        if (status === 'succeeded')
          found.push({ kind: 'refund', reference: id, amount: fromStripe(amount, code), currency: code, at: at(when) })
      }
      return found
    },
  }
}
