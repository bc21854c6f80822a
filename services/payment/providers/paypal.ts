import { unavailable } from '#shared/errors'
import { currencyDecimals, toMajor, toMinor } from '#shared/money'
import { invalidSignature, staleWebhook, webhookAgeMs } from '#shared/webhook-signature'
import { PayPalRefusal, paypalApi } from './paypal-api'
import {
  type Charge,
  captureKey,
  chargeKey,
  type PaymentRef,
  type Provider,
  paymentOfReference,
  type RefundOutcome,
  referenceOf,
  refundKey,
} from './provider'

export interface PayPalOptions {
  clientId: string
  secret: string
  webhookId: string
  /** The name of this deployment. */
  deployment: string
  url: string
  timeoutMs?: number
}

interface Amount {
  currency_code: string
  value: string
}
interface Refund {
  id: string
  status: string
  custom_id?: string
}
interface Capture {
  id: string
  status: string
}
interface Order {
  id: string
  status: 'CREATED' | 'SAVED' | 'APPROVED' | 'VOIDED' | 'COMPLETED' | 'PAYER_ACTION_REQUIRED'
  purchase_units: { amount: Amount; custom_id?: string; payments?: { captures?: Capture[]; refunds?: Refund[] } }[]
  links?: { rel: string; href: string }[]
}
interface Event {
  id: string
  event_type: string
  resource: { id: string; supplementary_data?: { related_ids?: { order_id?: string } } }
}
const relevantEvents = new Set([
  'CHECKOUT.ORDER.APPROVED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.PENDING',
])

const maxVerifications = 4

/** PayPal takes no decimals in these, although ISO 4217 gives them two. It refuses an amount that needs them. */
const inWholeUnits = new Set(['HUF', 'TWD'])
const amountOf = (amount: number, currency: string): Amount => {
  const major = toMajor(amount, currency)
  const decimals = inWholeUnits.has(currency) && Number.isInteger(major) ? 0 : currencyDecimals(currency)
  return { currency_code: currency, value: major.toFixed(decimals) }
}

const chargeFrom = (order: Order): Charge => {
  const unit = order.purchase_units[0]
  if (!unit) throw new Error('PayPal answered with an order that has no purchase unit')
  const { currency_code: currency, value } = unit.amount
  const capture = unit.payments?.captures?.[0]
  const base = { transactionId: order.id, amount: toMinor(Number(value), currency), currency }
  const url = order.links?.find(({ rel }) => rel === 'payer-action' || rel === 'approve')?.href
  if (capture?.status === 'PENDING') return { ...base, state: 'pending' }
  if (capture && (capture.status === 'DECLINED' || capture.status === 'FAILED')) return { ...base, state: 'failed', reason: 'declined' }
  if (capture) return { ...base, state: 'captured' }
  if (order.status === 'VOIDED') return { ...base, state: 'voided' }
  return {
    ...base,
    state: 'requires_action',
    ...(url && { nextAction: { type: 'redirect', url } }),
    capturable: order.status === 'APPROVED',
  }
}

/**
 * PayPal's Orders API. An order moves no money before it is captured, and creating it again with the same PayPal-Request-Id returns the
 * same order: that is how an order is found whose answer was lost.
 */
export const paypalProvider = (options: PayPalOptions): Provider => {
  const { call } = paypalApi(options)

  /** The order of a payment, created where there is none yet. */
  const orderOf = async (payment: PaymentRef): Promise<Order> => {
    const { amount, currency, transactionId } = payment
    if (transactionId) return call<Order>('GET', `/v2/checkout/orders/${transactionId}`)
    const body = { intent: 'CAPTURE', purchase_units: [{ custom_id: referenceOf(payment), amount: amountOf(amount, currency) }] }
    const { id } = await call<Order>('POST', '/v2/checkout/orders', { body, key: chargeKey(payment) })
    return call<Order>('GET', `/v2/checkout/orders/${id}`)
  }
  const capture = async (payment: PaymentRef, token?: string): Promise<Charge> => {
    const order = await orderOf(payment)
    if (chargeFrom(order).state !== 'requires_action') return chargeFrom(order)
    const body = token === undefined ? {} : { payment_source: { token: { id: token, type: 'BILLING_AGREEMENT' } } }
    const path = `/v2/checkout/orders/${order.id}/capture`
    const refusal = await call('POST', path, { body, key: captureKey(payment) }).then(
      () => undefined,
      error => {
        if (error instanceof PayPalRefusal) return error.message
        throw error
      },
    )
    const charge = chargeFrom(await orderOf({ ...payment, transactionId: order.id }))
    return refusal !== undefined && charge.state === 'requires_action'
      ? { ...charge, state: 'failed', reason: refusal.toLowerCase(), capturable: false }
      : charge
  }
  /** PayPal refuses to make an order for instance of a currency that it lacks. It moves no money without one. */
  const unlessRefused = async (payment: PaymentRef, asked: Promise<Charge>): Promise<Charge> => {
    try {
      return await asked
    } catch (error) {
      if (!(error instanceof PayPalRefusal)) throw error
      const { amount, currency } = payment
      return { state: 'failed', transactionId: '', amount, currency, reason: error.message.toLowerCase() }
    }
  }
  const refundFrom = ({ id, status }: Refund): RefundOutcome => ({
    state: status === 'COMPLETED' ? 'succeeded' : status === 'PENDING' ? 'pending' : 'failed',
    reference: id,
  })

  let underWay = 0
  /** Anybody can send a webhook, and each costs a call: those above the limit are refused, and PayPal sends its own again. */
  const isVerified = async (raw: string): Promise<boolean> => {
    if (underWay >= maxVerifications) throw unavailable('provider_busy', 'Too many webhooks are being verified. Send this one again later.')
    underWay++
    try {
      const path = '/v1/notifications/verify-webhook-signature'
      const { verification_status } = await call<{ verification_status: string }>('POST', path, { raw })
      return verification_status === 'SUCCESS'
    } finally {
      underWay--
    }
  }

  return {
    name: 'paypal',
    charge: payment =>
      unlessRefused(payment, payment.token === undefined ? orderOf(payment).then(chargeFrom) : capture(payment, payment.token)),
    chargeOf: payment => unlessRefused(payment, orderOf(payment).then(chargeFrom)),
    capture: payment => capture(payment),
    /** PayPal has no call to void an order: one that is never captured expires. */
    async void(payment) {
      const charge = chargeFrom(await orderOf(payment))
      return charge.state === 'captured' || charge.state === 'pending' ? charge : { ...charge, state: 'voided', capturable: false }
    },
    async refund(refund) {
      const { payment, amount, refundId } = refund
      const captured = (await orderOf(payment)).purchase_units[0]?.payments?.captures?.[0]
      if (!captured) throw new Error('the PayPal order has no capture to refund')
      const body = { amount: amountOf(amount, payment.currency), custom_id: String(refundId) }
      const made = await call<Refund>('POST', `/v2/payments/captures/${captured.id}/refund`, { body, key: refundKey(refund) }).catch(
        error => {
          if (error instanceof PayPalRefusal) return { id: '', status: 'FAILED' }
          throw error
        },
      )
      return refundFrom(made)
    },
    async refundOf({ payment, refundId }) {
      const refunds = (await orderOf(payment)).purchase_units[0]?.payments?.refunds ?? []
      const found = refunds.find(({ custom_id }) => custom_id === String(refundId))
      return found && refundFrom(found)
    },
    /** PayPal verifies its own signatures. The state of the money is read from the order, not from the webhook. */
    async eventOf(body, headers) {
      const sentAt = Date.parse(headers.get('paypal-transmission-time') ?? '')
      if (Number.isNaN(sentAt)) throw invalidSignature()
      if (Math.abs(Date.now() - sentAt) > webhookAgeMs) throw staleWebhook()
      const text = new TextDecoder().decode(body)
      const proof = {
        auth_algo: headers.get('paypal-auth-algo'),
        cert_url: headers.get('paypal-cert-url'),
        transmission_id: headers.get('paypal-transmission-id'),
        transmission_sig: headers.get('paypal-transmission-sig'),
        transmission_time: headers.get('paypal-transmission-time'),
        webhook_id: options.webhookId,
      }
      const event = parseEvent(text)
      if (!event || Object.values(proof).includes(null)) throw invalidSignature()
      // The event is passed on byte for byte, since PayPal signed its bytes.
      const raw = `${JSON.stringify(proof).slice(0, -1)},"webhook_event":${text}}`
      if (!(await isVerified(raw))) throw invalidSignature()
      const orderId = event.event_type.startsWith('CHECKOUT.')
        ? event.resource.id
        : event.resource.supplementary_data?.related_ids?.order_id
      if (!relevantEvents.has(event.event_type) || !orderId) return undefined
      const order = await call<Order>('GET', `/v2/checkout/orders/${orderId}`)
      const paymentId = paymentOfReference(order.purchase_units[0]?.custom_id, options.deployment)
      if (paymentId === null) return undefined
      return { id: event.id, ...(paymentId !== undefined && { paymentId }), charge: chargeFrom(order) }
    },
  }
}

const parseEvent = (text: string): Event | undefined => {
  try {
    const event = JSON.parse(text)
    return typeof event?.id === 'string' && typeof event.event_type === 'string' && typeof event.resource === 'object' ? event : undefined
  } catch {
    return undefined
  }
}
