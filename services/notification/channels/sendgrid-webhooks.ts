import { createPublicKey, verify } from 'node:crypto'
import { second } from '#shared/time'
import { invalidSignature, staleWebhook, webhookAgeMs } from '#shared/webhook-signature'
import type { ProviderEvent, WebhookVerifier } from './channel'
import { textAt } from './provider-call'
import { invalidWebhook, jsonOf, maxEvents, requireBounded } from './webhook-body'

const signatureHeader = 'x-twilio-email-event-webhook-signature'
const timestampHeader = 'x-twilio-email-event-webhook-timestamp'

/** Undefined for what says nothing about delivery, such as an opened mail, and for `deferred`: SendGrid goes on trying. */
const kindOf = (event: unknown): ProviderEvent['kind'] | undefined => {
  const reason = textAt(event, 'reason') ?? ''
  switch (textAt(event, 'event')) {
    case 'delivered':
      return 'delivered'
    case 'bounce':
      // A block is about this mail or about us, not about the address.
      return textAt(event, 'type') === 'blocked' ? 'soft_bounced' : 'bounced'
    case 'dropped':
      if (/spam reporting/i.test(reason)) return 'complained'
      return /bounced|invalid/i.test(reason) ? 'bounced' : 'soft_bounced'
    case 'spamreport':
      return 'complained'
    default:
      return undefined
  }
}
/** The id that the answer to the message had; SendGrid appends where the message went inside it. */
const messageOf = (id: string) => id.replace(/\.(filter|recvd).*$/s, '')

const eventFrom = (event: unknown): ProviderEvent[] => {
  const kind = kindOf(event)
  const [id, event_id, at] = [textAt(event, 'sg_message_id'), textAt(event, 'sg_event_id'), Number(textAt(event, 'timestamp'))]
  // A drop before SendGrid gave the mail an id concerns none that we know.
  if (!kind || !id || !event_id || !(at > 0 && at < 1e11)) return []
  const address = textAt(event, 'email')
  return [{ event_id, provider_id: messageOf(id), kind, ...(address && { address }), time: new Date(at * second).toISOString() }]
}

/** The signed event webhook: ECDSA over the time stamp and the bytes of the body. The key is the one that SendGrid shows, base64 of DER. */
export const sendgridWebhooks = (publicKey: string): WebhookVerifier => {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ec')
    throw new Error('the verification key of SendGrid’s webhooks must be the ECDSA key that SendGrid shows')
  return {
    verify(raw, headers, now) {
      requireBounded(raw)
      const stamp = headers.get(timestampHeader) ?? ''
      const signature = headers.get(signatureHeader) ?? ''
      if (!/^\d{1,12}$/.test(stamp) || !/^[A-Za-z0-9+/]{16,200}={0,2}$/.test(signature)) throw invalidSignature()
      if (!verify('sha256', Buffer.concat([Buffer.from(stamp), raw]), key, Buffer.from(signature, 'base64'))) throw invalidSignature()
      if (Math.abs(now.getTime() - Number(stamp) * second) > webhookAgeMs) throw staleWebhook()
      const events = jsonOf(raw)
      if (!Array.isArray(events) || events.length > maxEvents) throw invalidWebhook()
      return events.flatMap(eventFrom)
    },
  }
}
