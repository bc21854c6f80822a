import { checker } from '#shared/checker'
import { closed, oneOf, t, text } from '#shared/schema'
import { signatureHeader, verifySignature } from '#shared/webhook-signature'
import type { WebhookVerifier } from './channel'
import { invalidWebhook, jsonOf, requireBounded } from './webhook-body'

const Event = closed({
  event_id: text(150),
  provider_id: text(250),
  kind: oneOf(['delivered', 'bounced', 'soft_bounced', 'complained']),
  address: t.Optional(text(4096)),
  time: t.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$' }),
})
/** The webhook of the sandbox: one event or several. It is documented, so that it can be sent by hand. */
export const SandboxEvents = t.Union([Event, t.Array(Event, { minItems: 1, maxItems: 1000 })], {
  examples: [
    {
      event_id: 'evt_1',
      provider_id: 'sandbox-email-1',
      kind: 'bounced',
      address: 'ann@example.com',
      time: '2026-11-29T10:00:00.000Z',
    },
  ],
})
const { check } = checker(SandboxEvents)

/** Signed in our own way, `X-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, and at most five minutes old. */
export const sandboxWebhooks = (secret: string): WebhookVerifier => ({
  verify(raw, headers, now) {
    requireBounded(raw)
    verifySignature(secret, raw, headers.get(signatureHeader), now)
    const events = jsonOf(raw)
    if (!check(events)) throw invalidWebhook()
    return Array.isArray(events) ? events : [events]
  },
})
