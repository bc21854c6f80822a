import { describe, expect, test } from 'bun:test'
import { fcmChannel } from './fcm'
import { fakeFcm } from './testing-fcm'
import { testProviders } from './testing-providers'
import { twilioChannel } from './twilio'

const { fcm, message, never, send, sendgrid, twilio } = testProviders()

describe('SendGrid', () => {
  test('gets both parts, our Message-ID, the headers to unsubscribe, and no leave to rewrite links', async () => {
    await send('sendgrid', { html: '<p>Hi</p>', subject: 'a\r\nBcc: evil@example.com', unsubscribe: { url: 'https://shop.example/u/1' } })
    expect(sendgrid.mails.at(-1)).toMatchObject({
      personalizations: [{ to: [{ email: 'ann@example.com' }] }],
      subject: 'a Bcc: evil@example.com',
      content: [
        { type: 'text/plain', value: '안녕하세요' },
        { type: 'text/html', value: '<p>Hi</p>' },
      ],
      headers: {
        'Message-ID': '<7-message@shop.example>',
        'List-Unsubscribe': '<https://shop.example/u/1>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      tracking_settings: { click_tracking: { enable: false }, open_tracking: { enable: false } },
    })
  })
  test('tells a bad address from a bad message, and its words are kept without the address', async () => {
    expect(await send('sendgrid', { to: 'ann@refused.example' })).toEqual({
      outcome: 'refused',
      reason: 'Does not contain a valid address: <address>',
      permanent_address_fault: true,
    })
    expect(await send('sendgrid', { text: '' })).toMatchObject({ outcome: 'refused', permanent_address_fault: false })
  })
})

describe('Twilio', () => {
  test('gets the form that it documents, with the address for its reports', async () => {
    await send('twilio')
    expect(Object.fromEntries(twilio.messages.at(-1)!)).toEqual({
      To: '+84912345678',
      From: '+15005550006',
      Body: '안녕하세요',
      StatusCallback: twilio.options.statusCallback,
    })
    await twilioChannel({ ...twilio.options, from: 'MG123', statusCallback: undefined }).send(message('twilio'), never)
    expect(Object.fromEntries(twilio.messages.at(-1)!)).toEqual({ To: '+84912345678', MessagingServiceSid: 'MG123', Body: '안녕하세요' })
  })
  test.each([
    ['+15005550001', true],
    ['+15005550009', true],
    ['+15005550010', true],
    ['+15005550003', false],
  ])('that refuses %s blames the number: %j', async (to, fault) => {
    const sent = await send('twilio', { to })
    expect(sent).toMatchObject({ outcome: 'refused', permanent_address_fault: fault })
    expect(JSON.stringify(sent)).not.toContain(to)
  })
  test('without a text is no fault of the number', async () => {
    expect(await send('twilio', { text: '' })).toMatchObject({ outcome: 'refused', permanent_address_fault: false })
  })
})

describe('FCM', () => {
  test('gets a notification that replaces its own repetition on every kind of device', async () => {
    await send('fcm')
    expect(fcm.messages.at(-1)).toMatchObject({
      token: 'device:token-1',
      notification: { title: '주문', body: '안녕하세요' },
      android: { notification: { tag: '7-message' } },
      apns: { headers: { 'apns-collapse-id': '7-message' } },
      webpush: { notification: { tag: '7-message' } },
    })
  })
  test('shows a message of one line once', async () => {
    await send('fcm', { subject: '안녕하세요' })
    expect(fcm.messages.at(-1)).toMatchObject({ notification: { body: '안녕하세요' } })
    expect(JSON.stringify(fcm.messages.at(-1))).not.toContain('title')
  })
  test.each(['gone:token-1', 'other:token-1', 'broken:token-1'])('that knows no %s blames the device', async to => {
    expect(await send('fcm', { to })).toMatchObject({ outcome: 'refused', permanent_address_fault: true })
  })
  test('whose own certificate at Apple is refused is asked again', async () => {
    expect((await send('fcm', { to: 'apple:token-1' })).outcome).toBe('retry')
  })
  test('is asked for a token once, however many messages wait for it', async () => {
    const fresh = fakeFcm()
    const channel = fcmChannel(fresh.options)
    const sent = await Promise.all(Array.from({ length: 10 }, (_, n) => channel.send(message('fcm', { message_id: `m${n}` }), never)))
    expect(sent.every(({ outcome }) => outcome === 'sent')).toBe(true)
    expect([fresh.asked(), fresh.messages.length]).toEqual([1, 10])
    // A token that Google no longer accepts costs one attempt.
    fresh.revoke()
    expect((await channel.send(message('fcm'), never)).outcome).toBe('retry')
    expect((await channel.send(message('fcm'), never)).outcome).toBe('sent')
    expect(fresh.asked()).toBe(2)
    await fresh.stop()
  })
  test('is asked for a new token before the old one ends', async () => {
    const fresh = fakeFcm({ expiresIn: 60 })
    const channel = fcmChannel(fresh.options)
    for (let n = 0; n < 2; n++) expect((await channel.send(message('fcm'), never)).outcome).toBe('sent')
    expect(fresh.asked()).toBe(2)
    await fresh.stop()
  })
  test.each(['', '{}', '{"project_id":"p","client_email":"e","private_key":"none"}'])(
    'with the service account %j stops the start',
    serviceAccount => {
      expect(() => fcmChannel({ serviceAccount })).toThrow('Google’s JSON file')
    },
  )
})
