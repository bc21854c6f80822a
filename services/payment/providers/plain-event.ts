import { checker } from '#shared/checker'
import { invalid } from '#shared/errors'
import { Currency, toMinor } from '#shared/money'
import { closed, Id, t, text } from '#shared/schema'
import { signatureHeader, verifySignature } from '#shared/webhook-signature'
import type { ProviderEvent } from './provider'

/** The webhook of the sandbox and of the shop's own bank feed. Its schema is documented, so that it can be sent by hand. */
export const PlainEvent = closed(
  {
    id: text(100, 'evt_1'),
    type: t.Union([
      t.Literal('payment.authorized'),
      t.Literal('payment.captured'),
      t.Literal('payment.failed'),
      t.Literal('payment.voided'),
    ]),
    payment_id: t.Optional(Id),
    transaction_id: text(100, 'sbx_4b825dc642cb6eb9a060e54bf8d69288'),
    amount: t.Number({ minimum: 0 }),
    currency: Currency,
    reason: t.Optional(text(100)),
  },
  {
    examples: [
      {
        id: 'evt_1',
        type: 'payment.captured',
        payment_id: 1,
        transaction_id: 'sbx_4b825dc642cb6eb9a060e54bf8d69288',
        amount: 3000,
        currency: 'USD',
      },
    ],
  },
)
const { check } = checker(PlainEvent)
const states = {
  'payment.authorized': 'authorized',
  'payment.captured': 'captured',
  'payment.failed': 'failed',
  'payment.voided': 'voided',
} as const

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

export const readPlainEvent = (secret: string | undefined, body: Uint8Array, headers: Headers): ProviderEvent => {
  // Where no secret is configured, every signature must fail; an empty secret could be guessed.
  verifySignature(secret ?? crypto.randomUUID(), body, headers.get(signatureHeader), new Date())
  const event = parsed(body)
  if (!check(event))
    throw invalid(
      'invalid_webhook',
      'The webhook is signed, but its body is not an event. Send the fields that the documentation of this route lists.',
    )
  const { id, type, payment_id: paymentId, transaction_id: transactionId, amount, currency, reason } = event
  return {
    id,
    ...(paymentId !== undefined && { paymentId }),
    charge: { state: states[type], transactionId, amount: toMinor(amount, currency), currency, ...(reason && { reason }) },
  }
}
