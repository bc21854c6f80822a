import { describe, expect, test } from 'bun:test'
import { AppError } from '#shared/errors'
import { signatureHeader, signWebhook } from '#shared/webhook-signature'
import { isDeviceToken, isMailbox, isPhone, keyOf, type Outgoing, type ProviderEvent, reasonFrom } from './channel'
import { sandboxChannel } from './sandbox'
import { sandboxWebhooks } from './sandbox-webhooks'

const message = (to: string): Outgoing => ({ message_id: '7-email', to, subject: 'Hi', text: 'Hi', language: 'en' })
const never = new AbortController().signal
const email = sandboxChannel({ channel: 'email' })

describe('an address', () => {
  test.each(['ann@example.com', 'ann+tag@sub.example.co', "o'neil@example.com", '김하나@example.com', 'a@xn--bcher-kva.example'])(
    '%s is taken',
    address => expect(isMailbox(address)).toBe(true),
  )
  test.each([
    'a@example.com\r\nBcc: evil@example.com',
    'a@example.com, evil@example.com',
    'a@example.com;evil@example.com',
    'Ann <a@example.com>',
    '<a@example.com>',
    '"a b"@example.com',
    'a@example.com (Ann)',
    'a@evil.example@example.com',
    'a@localhost',
    'a@127.0.0.1',
    'a@[127.0.0.1]',
    'a@example.com> SIZE=1',
    ' a@example.com',
    'a..b@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b.'.repeat(130)}com`,
    'a@exa\u0000mple.com',
    '',
  ])('%j is not', address => expect(isMailbox(address)).toBe(false))
  test('of a telephone is in E.164', () => {
    expect(['+84912345678', '+15005550006'].map(isPhone)).toEqual([true, true])
    expect(['0912345678', '+0123456789', '+8491', '+84 912 345 678', '+849123456789012345', '+84912345678\n'].map(isPhone)).toEqual(
      Array(6).fill(false),
    )
  })
  test('of a device is its token', () => {
    expect(['c4X:APA91b-Xy_z', 'short', 'has spaces in it', 'a'.repeat(5000)].map(isDeviceToken)).toEqual([true, false, false, false])
  })
})

describe('the reason that is kept', () => {
  test('is one short line without the address', () => {
    const said = `550 5.1.1 <ann@example.com>:\r\n no such user, ask <postmaster@example.com> or +84 912; +84912345678 ${'x'.repeat(300)}`
    const reason = reasonFrom(said, 'ann@example.com')
    expect(reason).toStartWith('550 5.1.1 <<address>>: no such user, ask <<address>>')
    expect(reason).not.toMatch(/ann@|postmaster@|84912345678|\n/)
    expect([...reason].length).toBeLessThanOrEqual(200)
  })
  test('is found at once in a mebibyte of words', () => {
    expect(reasonFrom(`550 ${'x'.repeat(1024 * 1024)}`, 'ann@example.com')).toHaveLength(200)
  })
  test('and the key of a message is safe whatever the message’s id is', () => {
    expect(keyOf('7-email')).toBe('7-email')
    expect(keyOf('a\r\nBcc: b')).toMatch(/^[0-9a-f]{40}$/)
    expect(keyOf('a\r\nBcc: b')).not.toBe(keyOf('a\r\nBcc: c'))
  })
})

describe('the sandbox', () => {
  test('takes a message, and gives the same id for it every time', async () => {
    const sent = { outcome: 'sent', provider: 'sandbox', provider_id: 'sandbox-email-7-email' } as const
    expect(await email.send(message('ann@example.com'), never)).toEqual(sent)
    expect(await email.send(message('ann@example.com'), never)).toEqual(sent)
  })
  test.each([
    ['email', 'bounce@example.com', 'refused', true],
    ['email', 'Bounce+1@example.com', 'refused', true],
    ['email', 'refuse@example.com', 'refused', false],
    ['email', 'later@example.com', 'retry', undefined],
    ['email', 'bouncer@example.com', 'sent', undefined],
    ['email', 'a@example.com\r\nBcc: b@example.com', 'refused', true],
    ['sms', '+15005550001', 'refused', true],
    ['sms', '+15005550002', 'retry', undefined],
    ['sms', '+15005550003', 'refused', false],
    ['sms', '+84912345678', 'sent', undefined],
    ['sms', '0912345678', 'refused', true],
    ['push', 'bounce:device-1', 'refused', true],
    ['push', 'later:device-1', 'retry', undefined],
    ['push', 'device-token-1', 'sent', undefined],
  ] as const)('by %s answers %j with %s', async (channel, to, outcome, fault) => {
    const sent = await sandboxChannel({ channel }).send(message(to), never)
    expect(sent.outcome).toBe(outcome)
    expect(sent.outcome === 'refused' ? sent.permanent_address_fault : undefined).toBe(fault)
  })
  test('that is silent stops when its caller gives up', async () => {
    const controller = new AbortController()
    const sent = email.send(message('silent@example.com'), controller.signal)
    controller.abort()
    expect((await sent).outcome).toBe('retry')
    expect((await email.send(message('ann@example.com'), controller.signal)).outcome).toBe('retry')
  })
  test.each([
    ['ann@example.com', 'delivered'],
    ['full@example.com', 'soft_bounced'],
    ['gone@example.com', 'bounced'],
    ['complain@example.com', 'complained'],
  ] as const)('reports about %s that the message was %s', async (to, kind) => {
    const { promise, resolve } = Promise.withResolvers<ProviderEvent>()
    const channel = sandboxChannel({ channel: 'email', report: resolve, reportAfterMs: 0 })
    const sent = await channel.send(message(to), never)
    expect(await promise).toMatchObject({ kind, address: to, provider_id: sent.outcome === 'sent' ? sent.provider_id : '' })
  })
})

describe('a webhook of the sandbox', () => {
  const now = new Date('2026-11-29T10:00:00Z')
  const event = { event_id: 'e1', provider_id: 'p1', kind: 'bounced', address: 'ann@example.com', time: now.toISOString() } as const
  const { verify } = sandboxWebhooks('secret')
  const answer = (body: string, { secret = 'secret', at = now, raw = Buffer.from(body), header = signWebhook(secret, body, at) } = {}) => {
    try {
      return verify(raw, new Headers(header ? { [signatureHeader]: header } : {}), now)
    } catch (error) {
      return error instanceof AppError ? `${error.kind} ${error.code}` : error
    }
  }
  test('has one event or several, in their order', () => {
    expect(answer(JSON.stringify(event))).toEqual([event])
    expect(answer(JSON.stringify([event, { ...event, event_id: 'e2' }]))).toEqual([event, { ...event, event_id: 'e2' }])
  })
  test.each([
    ['unsigned', JSON.stringify(event), { header: '' }, 'invalid invalid_signature'],
    ['of another secret', JSON.stringify(event), { secret: 'other' }, 'invalid invalid_signature'],
    ['six minutes old', JSON.stringify(event), { at: new Date(now.getTime() - 360_000) }, 'invalid stale_webhook'],
    ['with an unknown kind', JSON.stringify({ ...event, kind: 'opened' }), {}, 'invalid invalid_webhook'],
    ['with a field too many', JSON.stringify({ ...event, admin: true }), {}, 'invalid invalid_webhook'],
    ['without events', '[]', {}, 'invalid invalid_webhook'],
    ['that is no JSON', '{', {}, 'invalid invalid_webhook'],
    ['of more than a mebibyte', ' '.repeat(1024 * 1024 + 1), {}, 'too_large payload_too_large'],
  ])('%s is refused', (_, body, options, code) => expect(answer(body, options)).toBe(code))
})
