import { createHmac } from 'node:crypto'
import type { Config } from '#shared/config'
import { day } from '#shared/time'
import { isMailbox, type ProviderEvent } from './channels/channel'
import { channelsFor, emailProviders, pushProviders, smsProviders } from './channels/providers'
import type { Links } from './values'

type Settings = Pick<Config, 'optional' | 'text' | 'integer' | 'oneOf' | 'internalKey'>

const withoutSlash = (url: string) => url.replace(/\/+$/, '')
const pageAddress = (name: string, value: string): string => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new Error(`${name} must be a web address, such as https://shop.example`)
  return withoutSlash(value)
}

/** Where the links in messages lead: to the gateway on this machine, unless messages leave it. Then the addresses must be the shop's public ones. */
export const linksFromSettings = (config: Settings): Links => {
  const here = new URL(`http://localhost:${config.integer('GATEWAY_PORT', 8080)}`).origin
  const senders = [config.text('NOTIFICATION_EMAIL', 'sandbox'), config.text('NOTIFICATION_SMS', 'sandbox')]
  const sender = senders.find(name => name !== 'sandbox')
  const address = (name: string, value: string | undefined) => {
    if (!value && sender) throw new Error(`${name} is not set: links in messages that ${sender} sends would lead to ${here}`)
    return pageAddress(name, value ?? here)
  }
  return { shopUrl: address('SHOP_URL', config.optional('SHOP_URL')), apiUrl: address('API_URL', config.optional('API_URL')) }
}

export const reviewRequestAfterMs = (config: Settings): number => config.integer('REVIEW_REQUEST_AFTER_MS', 7 * day)

/** The default secret is derived from the platform's key: whoever can sign for the sandbox can have any address suppressed. */
export const sandboxSecret = (internalKey: string) =>
  createHmac('sha256', internalKey).update('sandbox notification webhooks').digest('hex')

/** `Shop <shop@example.com>`, or the address alone. */
export const senderFrom = (text: string): { name: string; address: string } => {
  const [, name = '', address = ''] = /^(?:"?([^"<>]*?)"?\s*<([^<>\s]+)>|)$/.exec(text.trim()) ?? []
  const sender = address ? { name: name.trim(), address } : { name: '', address: text.trim() }
  if (!isMailbox(sender.address)) throw new Error('MAIL_FROM must be one address, as in: Shop <shop@example.com>')
  return sender
}

/** The providers of this deployment. What the sandbox would report by webhook, it reports by `report`. */
export const channelsFromSettings = async (config: Settings, report: (events: ProviderEvent[]) => Promise<unknown>) => {
  const { optional, text } = config
  const needs = <T>(name: string, read: () => T): T | undefined => (optional(name) === undefined ? undefined : read())
  const email = config.oneOf('NOTIFICATION_EMAIL', emailProviders, 'sandbox')
  const { verifiers, close, ...channels } = await channelsFor({
    email,
    sms: config.oneOf('NOTIFICATION_SMS', smsProviders, 'sandbox'),
    push: config.oneOf('NOTIFICATION_PUSH', pushProviders, 'sandbox'),
    sender: senderFrom(text('MAIL_FROM', 'Shop <shop@shop.example>')),
    sandboxSecret: text('NOTIFICATION_WEBHOOK_SECRET', sandboxSecret(config.internalKey)),
    smtp: needs('SMTP_URL', () => {
      const dkim = needs('DKIM_KEY', () => ({
        domainName: text('DKIM_DOMAIN'),
        keySelector: text('DKIM_SELECTOR'),
        privateKey: text('DKIM_KEY'),
      }))
      return { url: text('SMTP_URL'), ...(dkim && { dkim }) }
    }),
    sendgrid: needs('SENDGRID_KEY', () => ({
      key: text('SENDGRID_KEY'),
      webhookKey: optional('SENDGRID_WEBHOOK_KEY'),
      url: optional('SENDGRID_URL'),
    })),
    twilio: needs('TWILIO_ACCOUNT_SID', () => ({
      accountSid: text('TWILIO_ACCOUNT_SID'),
      authToken: text('TWILIO_AUTH_TOKEN'),
      from: text('TWILIO_FROM'),
      url: optional('TWILIO_URL'),
      statusCallback: `${linksFromSettings(config).apiUrl}/api/notifications/webhooks/twilio`,
    })),
    fcm: needs('FCM_SERVICE_ACCOUNT', () => ({ serviceAccount: text('FCM_SERVICE_ACCOUNT') })),
    report: async event => void (await report([event])),
  })
  // Links may be readable only where nothing leaves the machine.
  const showSecrets = email === 'sandbox' && text('SANDBOX_SHOWS_SECRETS', '0') === '1'
  return { channels, verifiers, close, showSecrets }
}
