import { afterAll, describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { AppError } from '#shared/errors'
import { minute } from '#shared/time'
import type { WebhookVerifier } from './channel'
import { sendgridWebhooks } from './sendgrid-webhooks'
import { fakeSendGrid } from './testing-sendgrid'
import { fakeTwilio, twilioSignature } from './testing-twilio'
import { twilioWebhooks } from './twilio'

const now = new Date('2026-11-29T10:00:00Z')
const answerOf = (verifier: WebhookVerifier, raw: string, headers: Record<string, string>, at = now) => {
  try {
    return verifier.verify(Buffer.from(raw), new Headers(headers), at)
  } catch (error) {
    return error instanceof AppError ? `${error.kind} ${error.code}` : error
  }
}

describe('a webhook of SendGrid', () => {
  const sendgrid = fakeSendGrid()
  afterAll(() => sendgrid.stop())
  const verifier = sendgridWebhooks(sendgrid.webhookKey)
  const event = (fields: object) => ({
    email: 'ann@example.com',
    timestamp: now.getTime() / 1000,
    sg_event_id: 'event-1',
    sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
    event: 'delivered',
    ...fields,
  })
  const answer = (events: unknown, at = now, now_ = now) => {
    const body = typeof events === 'string' ? events : JSON.stringify(events)
    return answerOf(verifier, body, sendgrid.webhook(body, at), now_)
  }
  test('has a batch of events, of which those about delivery are read in their order', () => {
    const kinds = [
      { event: 'processed' },
      { event: 'delivered' },
      { event: 'deferred', response: '400 try again later' },
      { event: 'bounce', type: 'bounce', reason: '550 no such user' },
      { event: 'bounce', type: 'blocked', reason: '554 blocked' },
      { event: 'dropped', reason: 'Bounced Address' },
      { event: 'dropped', reason: 'Invalid' },
      { event: 'dropped', reason: 'Spam Reporting Address' },
      { event: 'dropped', reason: 'Unsubscribed Address' },
      { event: 'spamreport' },
      { event: 'open' },
    ]
    const read = answer(kinds.map((one, n) => event({ ...one, sg_event_id: `event-${n}` })))
    const found = ['delivered', 'bounced', 'soft_bounced', 'bounced', 'bounced', 'complained', 'soft_bounced', 'complained']
    const ids = [1, 3, 4, 5, 6, 7, 8, 9]
    expect(read).toEqual(
      found.map((kind, n) => ({
        event_id: `event-${ids[n]}`,
        provider_id: '14c5d75ce93.dfd.64b469',
        kind,
        address: 'ann@example.com',
        time: now.toISOString(),
      })),
    )
  })
  test.each([
    ['SsN4zb6H.recvd-7d8f6c-abc-1-65.0', 'SsN4zb6H'],
    ['abc.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0', 'abc'],
    ['14c5d75ce93.dfd.64b469', '14c5d75ce93.dfd.64b469'],
  ])('names the message %s by the id of its answer', (sg_message_id, provider_id) => {
    expect(answer([event({ sg_message_id })])).toMatchObject([{ provider_id }])
  })
  test('may have events of another make, which are left out', () => {
    const strange = [null, 7, 'x', [], {}, event({ sg_message_id: undefined }), event({ timestamp: 'soon' }), event({ sg_event_id: '' })]
    expect(answer([...strange, event({})])).toHaveLength(1)
  })
  test('is refused when it is stale, from the future, or another body was signed', () => {
    expect(answer([event({})], new Date(now.getTime() - 6 * minute))).toBe('invalid stale_webhook')
    expect(answer([event({})], new Date(now.getTime() + 6 * minute))).toBe('invalid stale_webhook')
    const headers = sendgrid.webhook(JSON.stringify([event({})]), now)
    expect(answerOf(verifier, JSON.stringify([event({ event: 'bounce' })]), headers)).toBe('invalid invalid_signature')
    const later = String(now.getTime() / 1000 + 60)
    expect(answerOf(verifier, JSON.stringify([event({})]), { ...headers, 'X-Twilio-Email-Event-Webhook-Timestamp': later })).toBe(
      'invalid invalid_signature',
    )
  })
  test.each([
    ['unsigned', {}],
    [
      'signed with something else',
      { 'X-Twilio-Email-Event-Webhook-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAA', 'X-Twilio-Email-Event-Webhook-Timestamp': '1796000000' },
    ],
    ['signed with no base64', { 'X-Twilio-Email-Event-Webhook-Signature': '<>', 'X-Twilio-Email-Event-Webhook-Timestamp': '1796000000' }],
    ['without a time', { 'X-Twilio-Email-Event-Webhook-Signature': 'AAAAAAAAAAAAAAAAAAAAAAAA' }],
  ])('is refused %s', (_, headers) => expect(answerOf(verifier, '[]', headers as Record<string, string>)).toBe('invalid invalid_signature'))
  test('is refused when it is signed and no list of events, or longer than any', () => {
    expect(['{}', '', 'x', '\u0000'].map(body => answer(body))).toEqual(Array(4).fill('invalid invalid_webhook'))
    expect(answer(JSON.stringify(Array(5001).fill(1)))).toBe('invalid invalid_webhook')
    expect(answerOf(verifier, ' '.repeat(1024 * 1024 + 1), {})).toBe('too_large payload_too_large')
  })
  test('needs the key that SendGrid shows', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    expect(() => sendgridWebhooks(rsa)).toThrow('ECDSA key')
    expect(() => sendgridWebhooks('none')).toThrow()
  })
})

describe('a webhook of Twilio', () => {
  const twilio = fakeTwilio()
  afterAll(() => twilio.stop())
  const { authToken, statusCallback } = twilio.options
  const verifier = twilioWebhooks({ authToken, statusCallback })
  const report = (fields: object = {}) => ({
    MessageSid: 'SM1',
    MessageStatus: 'delivered',
    To: '+84912345678',
    AccountSid: 'AC0',
    ApiVersion: '2010-04-01',
    ...fields,
  })
  const answer = (fields: Record<string, string>, { url = statusCallback, token = authToken, sent = fields } = {}) =>
    answerOf(verifier, new URLSearchParams(sent).toString(), { 'X-Twilio-Signature': twilioSignature(url, fields, token) })

  test('is signed over our address and its fields, as in Twilio’s own example', () => {
    const example = twilioWebhooks({ authToken: '12345', statusCallback: 'https://example.com/myapp.php?foo=1&bar=2' })
    const fields = { CallSid: 'CA1234567890ABCDE', Caller: '+14158675310', Digits: '1234', From: '+14158675310', To: '+18005551212' }
    const headers = { 'X-Twilio-Signature': 'L/OH5YylLD5NRKLltdqwSvS0BnU=' }
    // The signature is right, so what it lacks is the message.
    expect(answerOf(example, new URLSearchParams(fields).toString(), headers)).toBe('invalid invalid_webhook')
    expect(answerOf(example, new URLSearchParams({ ...fields, Digits: '1235' }).toString(), headers)).toBe('invalid invalid_signature')
  })
  test.each([
    [{ MessageStatus: 'delivered' }, 'delivered'],
    [{ MessageStatus: 'undelivered', ErrorCode: '30003' }, 'soft_bounced'],
    [{ MessageStatus: 'undelivered', ErrorCode: '30005' }, 'bounced'],
    [{ MessageStatus: 'failed', ErrorCode: '30006' }, 'bounced'],
    [{ MessageStatus: 'failed', ErrorCode: '21610' }, 'complained'],
    [{ MessageStatus: 'failed' }, 'soft_bounced'],
  ] as const)('with %j reports %s', (fields, kind) => {
    expect(answer(report(fields))).toEqual([
      { event_id: `SM1-${fields.MessageStatus}`, provider_id: 'SM1', kind, address: '+84912345678', time: now.toISOString() },
    ])
  })
  test.each(['queued', 'sending', 'sent', 'accepted'])('that says only %s reports nothing', MessageStatus =>
    expect(answer(report({ MessageStatus }))).toEqual([]),
  )
  test('is refused when it is unsigned, or signed for another address, account or content', () => {
    const refused = 'invalid invalid_signature'
    expect(answerOf(verifier, new URLSearchParams(report()).toString(), {})).toBe(refused)
    expect(answer(report(), { url: 'https://other.example/' })).toBe(refused)
    expect(answer(report(), { token: 'other' })).toBe(refused)
    expect(answer(report(), { sent: report({ MessageStatus: 'failed' }) })).toBe(refused)
    expect(answerOf(verifier, 'x'.repeat(1024 * 1024 + 1), {})).toBe('too_large payload_too_large')
  })
})
