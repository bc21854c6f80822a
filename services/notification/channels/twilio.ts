import { createHmac, timingSafeEqual } from 'node:crypto'
import { invalidSignature } from '#shared/webhook-signature'
import { badAddress, type Channel, isPhone, type ProviderEvent, reasonFrom, refused, retry, type WebhookVerifier } from './channel'
import { isAnswer, post, textAt, withoutVerdict } from './provider-call'
import { invalidWebhook, requireBounded } from './webhook-body'

export interface TwilioOptions {
  accountSid: string
  authToken: string
  /** A number in E.164, or the id of a messaging service (`MG…`). */
  from: string
  /** The public address of our webhook. Without it, Twilio reports nothing. */
  statusCallback?: string | undefined
  /** The address of a substitute for Twilio, in tests. */
  url?: string | undefined
  timeoutMs?: number
}

const provider = 'twilio'
const maxLength = 1600
/** No such number, not one for SMS, a landline, or one whose owner has sent STOP. */
const addressFaults = new Set(['21211', '21217', '21610', '21614', '21635'])

/** Twilio’s Messages API. It has no idempotency: an SMS whose answer was lost may come twice. */
export const twilioChannel = ({
  accountSid,
  authToken,
  from,
  statusCallback,
  url = 'https://api.twilio.com',
  timeoutMs,
}: TwilioOptions): Channel => {
  const sender = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from }
  return {
    name: provider,
    async send({ to, text }, signal) {
      if (!isPhone(to)) return badAddress('the telephone number is malformed')
      const body = [...text.toWellFormed()].slice(0, maxLength).join('')
      const answer = await post({
        provider,
        url: `${url}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`,
        headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
        body: new URLSearchParams({
          To: to,
          ...sender,
          Body: body,
          ...(statusCallback !== undefined && { StatusCallback: statusCallback }),
        }),
        signal,
        ...(timeoutMs !== undefined && { timeoutMs }),
      })
      if (!isAnswer(answer)) return answer
      const unclear = withoutVerdict(provider, answer)
      if (unclear) return unclear
      const code = textAt(answer.body, 'code') ?? ''
      if (answer.status < 300) {
        const provider_id = textAt(answer.body, 'sid')
        return provider_id ? { outcome: 'sent', provider, provider_id } : retry('twilio answered without an id')
      }
      const reason = reasonFrom(`${code} ${textAt(answer.body, 'message') ?? `twilio answered ${answer.status}`}`, to)
      return addressFaults.has(code) ? badAddress(reason) : refused(reason)
    },
  }
}

/** Undefined while the SMS is still under way. */
const kindOf = (status: string, code: string): ProviderEvent['kind'] | undefined => {
  if (status === 'delivered' || status === 'read') return 'delivered'
  if (status !== 'undelivered' && status !== 'failed') return undefined
  // The owner has sent STOP: not a fault, and a wish to be left alone.
  if (code === '21610') return 'complained'
  return ['30005', '30006', '21211', '21614', '21635'].includes(code) ? 'bounced' : 'soft_bounced'
}

/**
 * Twilio’s status callbacks, signed with HMAC-SHA1 over our public address and the sorted fields of the form. The signature has no time, so a
 * replay cannot be told; it has the same event id, and is one report that counts once.
 */
export const twilioWebhooks = ({ authToken, statusCallback }: { authToken: string; statusCallback: string }): WebhookVerifier => ({
  verify(raw, headers, now) {
    requireBounded(raw)
    const form = [...new URLSearchParams(new TextDecoder().decode(raw))]
    const signed =
      statusCallback +
      form
        .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .flat()
        .join('')
    const expected = createHmac('sha1', authToken).update(signed).digest()
    const given = Buffer.from(headers.get('x-twilio-signature') ?? '', 'base64')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalidSignature()
    const fields = new Map(form)
    const [id, status, to] = [
      fields.get('MessageSid') ?? fields.get('SmsSid'),
      fields.get('MessageStatus') ?? fields.get('SmsStatus'),
      fields.get('To'),
    ]
    if (!id || !status) throw invalidWebhook()
    const kind = kindOf(status, fields.get('ErrorCode') ?? '')
    return kind ? [{ event_id: `${id}-${status}`, provider_id: id, kind, ...(to && { address: to }), time: now.toISOString() }] : []
  },
})
