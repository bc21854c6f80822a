import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { eventually } from '#shared/testing'
import { fcmChannel } from './fcm'
import { retryAfter } from './provider-call'
import { type ChannelSettings, channelsFor } from './providers'
import { sendgridChannel } from './sendgrid'
import { names, testProviders } from './testing-providers'
import { twilioChannel } from './twilio'

const { fakes, fcm, message, never, send, sendgrid, twilio } = testProviders()

describe.each(names)('%s', name => {
  test('takes a message, and gives its id', async () => {
    const sent = await send(name)
    expect(sent).toMatchObject({ outcome: 'sent', provider: name })
    expect(sent.outcome === 'sent' && sent.provider_id.length).toBeGreaterThan(2)
  })
  test.each([
    [429, { 'retry-after': '30' }, 30],
    [429, {}, undefined],
    [500, {}, undefined],
    [502, {}, undefined],
    [503, { 'retry-after': '999999' }, 3600],
    [408, {}, undefined],
    // The address is set wrongly: a redirect is not followed, since it would get the secret and the address.
    [301, { location: 'https://evil.example/' }, undefined],
    [307, { location: 'https://evil.example/' }, undefined],
  ] as const)('that answers %d %j is asked again', async (status, headers, seconds) => {
    await send(name)
    fakes[name].refuse(status, headers)
    const sent = await send(name)
    expect(sent.outcome).toBe('retry')
    expect(sent.outcome === 'retry' ? sent.after_seconds : 0).toBe(seconds)
  })
  test('that answers without an id, or with no end of words, is asked again', async () => {
    await send(name)
    for (const body of ['', '{}', 'x'.repeat(100_000)]) {
      fakes[name].refuse(200, {}, body)
      expect((await send(name)).outcome).toBe('retry')
    }
  })
  test('that does not answer is left when the time is up, or when the caller gives up', async () => {
    const impatient = {
      sendgrid: () => sendgridChannel({ ...sendgrid.options, timeoutMs: 50 }),
      twilio: () => twilioChannel({ ...twilio.options, timeoutMs: 50 }),
      fcm: () => fcmChannel({ ...fcm.options, timeoutMs: 50 }),
    }[name]()
    await send(name)
    fakes[name].fallSilent()
    expect(await impatient.send(message(name), never)).toEqual({ outcome: 'retry', reason: `${name} does not answer` })
    const controller = new AbortController()
    const before = fakes[name].calls.length
    const sent = send(name, {}, controller.signal)
    await eventually(() => fakes[name].calls.length > before)
    controller.abort()
    expect((await sent).outcome).toBe('retry')
    const calls = fakes[name].calls.length
    expect((await send(name, {}, AbortSignal.abort())).outcome).toBe('retry')
    expect(fakes[name].calls.length).toBe(calls)
  })
  test('that is not there is asked again later', async () => {
    const url = 'http://127.0.0.1:1'
    const gone = {
      sendgrid: () => sendgridChannel({ ...sendgrid.options, url }),
      twilio: () => twilioChannel({ ...twilio.options, url }),
      fcm: () => fcmChannel({ ...fcm.options, url }),
    }[name]()
    expect((await gone.send(message(name), never)).outcome).toBe('retry')
  })
  test('that refuses our credentials is asked again: the message is not at fault', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' })
    const wrong = {
      sendgrid: () => sendgridChannel({ ...sendgrid.options, key: 'SG.wrong' }),
      twilio: () => twilioChannel({ ...twilio.options, authToken: 'wrong' }),
      fcm: () =>
        fcmChannel({ ...fcm.options, serviceAccount: JSON.stringify({ ...JSON.parse(fcm.options.serviceAccount), private_key: other }) }),
    }[name]()
    const sent = await wrong.send(message(name), never)
    expect(sent.outcome).toBe('retry')
    expect(sent.outcome === 'retry' && sent.reason).toContain('refuses our')
  })
  test.each(['', 'a b', 'x\r\nTo: y', '0912', 'ann@example.com, bob@example.com', '+84 912'])(
    'is not even asked for the address %j',
    async to => {
      const before = fakes[name].calls.length
      expect(await send(name, { to })).toMatchObject({ outcome: 'refused', permanent_address_fault: true })
      expect(fakes[name].calls.length).toBe(before)
    },
  )
  test('is never given more than it takes, nor half a character', async () => {
    const text = `${'😀'.repeat(5000)}\ud83d`
    if (name === 'sendgrid') expect((await send(name, { text })).outcome).toBe('sent')
    else expect((await send(name, { text, subject: text })).outcome).toBe('sent')
  })
})

describe('a wish to wait', () => {
  const now = Date.parse('2026-11-29T10:00:00Z')
  test.each([
    ['30', 30],
    ['Sun, 29 Nov 2026 10:01:00 GMT', 60],
    ['Sun, 29 Nov 2026 09:00:00 GMT', undefined],
    ['0', undefined],
    ['soon', undefined],
    ['99999', 3600],
  ])('of %j is %p seconds', (value, seconds) => expect(retryAfter(new Headers({ 'retry-after': value }), now)).toBe(seconds))
})

describe('the providers of a deployment', () => {
  const sender = { name: 'The Shop', address: 'shop@shop.example' }
  const sandbox: ChannelSettings = { email: 'sandbox', sms: 'sandbox', push: 'sandbox', sender }
  const chosen = (changes: Partial<ChannelSettings>) => channelsFor({ ...sandbox, ...changes })

  test('are the sandbox where nothing else is chosen, and it takes reports only with a secret', async () => {
    const { email, sms, push, verifiers } = await chosen({})
    expect([email.name, sms.name, push.name, ...verifiers.keys()]).toEqual(['sandbox', 'sandbox', 'sandbox'])
    expect([...(await chosen({ sandboxSecret: 'secret' })).verifiers.keys()]).toEqual(['sandbox'])
  })
  test('are those that are chosen, and each that has a secret is listened to', async () => {
    const settings = {
      smtp: { url: 'smtp://mail.example' },
      sendgrid: { key: 'SG.x', webhookKey: sendgrid.webhookKey },
      twilio: twilio.options,
      fcm: fcm.options,
      sandboxSecret: 'secret',
    }
    const one = await chosen({ ...settings, email: 'smtp', sms: 'twilio', push: 'fcm' })
    expect([one.email.name, one.sms.name, one.push.name]).toEqual(['smtp', 'twilio', 'fcm'])
    expect([...one.verifiers.keys()].sort()).toEqual(['sendgrid', 'twilio'])
    expect((await chosen({ ...settings, email: 'sendgrid' })).email.name).toBe('sendgrid')
    one.close()
  })
  test.each(['smtp', 'sendgrid'] as const)('cannot be %s without its settings', email =>
    expect(chosen({ email })).rejects.toThrow('settings are missing'),
  )
  test('cannot be twilio or fcm without theirs', async () => {
    await expect(chosen({ sms: 'twilio' })).rejects.toThrow('settings are missing')
    await expect(chosen({ push: 'fcm' })).rejects.toThrow('settings are missing')
  })
})
