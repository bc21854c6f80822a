import { describe, expect, test } from 'bun:test'
import { settings } from '#shared/config'
import { channelsFromSettings, linksFromSettings, senderFrom } from './settings'

const configOf = (env: Record<string, string>) => ({ ...settings(env), internalKey: 'an internal key of the tests, long enough' })
const channelsOf = (env: Record<string, string>) => channelsFromSettings(configOf(env), async () => {})

describe('the channels of a deployment', () => {
  test('are the sandbox without settings, and links are hidden', async () => {
    const { channels, verifiers, showSecrets } = await channelsOf({ SANDBOX_SHOWS_SECRETS: '0' })
    expect([channels.email.name, channels.sms.name, channels.push.name]).toEqual(['sandbox', 'sandbox', 'sandbox'])
    expect([...verifiers.keys()]).toEqual(['sandbox'])
    expect(showSecrets).toBe(false)
    expect((await channelsOf({ SANDBOX_SHOWS_SECRETS: '1' })).showSecrets).toBe(true)
  })

  test('never show links when mails leave the machine', async () => {
    const env = { NOTIFICATION_EMAIL: 'smtp', SMTP_URL: 'smtp://127.0.0.1:25?tls=off', SANDBOX_SHOWS_SECRETS: '1' }
    const { channels, showSecrets, close } = await channelsOf(env)
    expect([channels.email.name, showSecrets]).toEqual(['smtp', false])
    close()
  })

  test.each([
    ['an unknown provider', { NOTIFICATION_EMAIL: 'pigeon' }, 'NOTIFICATION_EMAIL'],
    ['a provider without its settings', { NOTIFICATION_EMAIL: 'smtp' }, 'smtp'],
    ['Twilio without a sender', { NOTIFICATION_SMS: 'twilio', TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'x' }, 'TWILIO_FROM'],
    ['a sender that is two addresses', { MAIL_FROM: 'a@example.com, b@example.com' }, 'MAIL_FROM'],
    ['a sender with a second header', { MAIL_FROM: 'Shop <a@example.com>\r\nBcc: b@example.com' }, 'MAIL_FROM'],
  ])('are refused at the start with %s', async (_, env, message) => {
    await expect(channelsOf({ ...env })).rejects.toThrow(message)
  })
})

test('a sender may have a name', () => {
  expect(senderFrom('The Shop <shop@example.com>')).toEqual({ name: 'The Shop', address: 'shop@example.com' })
  expect(senderFrom('"Shop" <shop@example.com>')).toEqual({ name: 'Shop', address: 'shop@example.com' })
  expect(senderFrom('shop@example.com')).toEqual({ name: '', address: 'shop@example.com' })
})

test('links lead to web addresses only', () => {
  expect(linksFromSettings(configOf({ SHOP_URL: 'https://shop.example/' })).shopUrl).toBe('https://shop.example')
  expect(() => linksFromSettings(configOf({ SHOP_URL: 'javascript:alert(1)' }))).toThrow('SHOP_URL')
})

test('links lead to the gateway of this machine without settings, on the port that people use', () => {
  expect(linksFromSettings(configOf({}))).toEqual({ shopUrl: 'http://localhost:8080', apiUrl: 'http://localhost:8080' })
  expect(linksFromSettings(configOf({ GATEWAY_PORT: '80' })).shopUrl).toBe('http://localhost')
})

test.each([{ NOTIFICATION_EMAIL: 'smtp' }, { NOTIFICATION_EMAIL: 'sendgrid' }, { NOTIFICATION_SMS: 'twilio' }])(
  'with %j the shop does not start before it is told where links lead',
  env => {
    const links = (more: Record<string, string>) => linksFromSettings(configOf({ ...env, ...more }))
    const sender = Object.values(env).join()
    expect(() => links({})).toThrow(`SHOP_URL is not set: links in messages that ${sender} sends would lead to http://localhost:8080`)
    expect(() => links({ SHOP_URL: 'https://shop.example' })).toThrow('API_URL is not set')
    const urls = { SHOP_URL: 'https://shop.example', API_URL: 'https://api.shop.example' }
    expect(links(urls)).toEqual({ shopUrl: urls.SHOP_URL, apiUrl: urls.API_URL })
  },
)
