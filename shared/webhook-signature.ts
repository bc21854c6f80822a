import { createHmac, timingSafeEqual } from 'node:crypto'
import { invalid } from './errors'
import { minute, second } from './time'

/** A webhook whose time stamp is further off than this is treated as a replay. */
export const webhookAgeMs = 5 * minute

/** Our own scheme for signing webhooks, like Stripe's: `X-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. */
export const signatureHeader = 'x-signature'

const digest = (secret: string, seconds: string, body: Uint8Array) =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest()

export const signWebhook = (secret: string, body: string, at: Date): string => {
  const seconds = String(Math.floor(at.getTime() / second))
  return `t=${seconds},v1=${digest(secret, seconds, Buffer.from(body)).toString('hex')}`
}

export const invalidSignature = () =>
  invalid('invalid_signature', 'The webhook has no valid signature. Sign it with the secret that was agreed with this provider.')
export const staleWebhook = () =>
  invalid('stale_webhook', 'The time stamp of the webhook is more than five minutes off. Send it again with the current time.')

export const verifySignature = (secret: string, body: Uint8Array, header: string | null, now: Date): void => {
  const [, seconds, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? []
  if (seconds === undefined || signature === undefined) throw invalidSignature()
  if (!timingSafeEqual(digest(secret, seconds, body), Buffer.from(signature, 'hex'))) throw invalidSignature()
  if (Math.abs(now.getTime() - Number(seconds) * second) > webhookAgeMs) throw staleWebhook()
}
