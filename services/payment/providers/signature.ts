import { createHmac, timingSafeEqual } from 'node:crypto'
import { invalid } from '#shared/errors'
import { webhookAgeMs } from './provider'

/** Our own scheme for webhooks, as Stripe's: `X-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. */
export const signatureHeader = 'x-signature'

const digest = (secret: string, seconds: string, body: Uint8Array) =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest()

export const sign = (secret: string, body: string, at: Date): string => {
  const seconds = String(Math.floor(at.getTime() / 1000))
  return `t=${seconds},v1=${digest(secret, seconds, Buffer.from(body)).toString('hex')}`
}

export const unsigned = () => invalid('invalid_signature', 'The webhook is not signed by the secret that is agreed with this provider.')
export const staleStamp = () => invalid('stale_webhook', 'The time stamp of the webhook is more than five minutes off.')

export const checkSignature = (secret: string, body: Uint8Array, header: string | null, now: Date): void => {
  const [, seconds, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? []
  if (seconds === undefined || given === undefined) throw unsigned()
  if (!timingSafeEqual(digest(secret, seconds, body), Buffer.from(given, 'hex'))) throw unsigned()
  if (Math.abs(now.getTime() - Number(seconds) * 1000) > webhookAgeMs) throw staleStamp()
}
