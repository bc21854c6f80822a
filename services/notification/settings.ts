import { createHmac } from 'node:crypto'
import type { Config } from '#shared/config'
import { day } from '#shared/time'
import type { Channel, OutgoingChannel, ProviderEvent, WebhookVerifier } from './channels/channel'
import { sandboxChannel } from './channels/sandbox'
import { sandboxWebhooks } from './channels/sandbox-webhooks'
import type { Links } from './values'

type Settings = Pick<Config, 'optional' | 'text' | 'integer' | 'oneOf' | 'internalKey'>

const withoutSlash = (url: string) => url.replace(/\/+$/, '')
const pageAddress = (name: string, value: string): string => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new Error(`${name} must be a web address, such as https://shop.example`)
  return withoutSlash(value)
}

/** Where the links in messages lead. */
export const linksFromSettings = (config: Settings): Links => ({
  shopUrl: pageAddress('SHOP_URL', config.text('SHOP_URL', 'http://localhost:3000')),
  apiUrl: pageAddress('API_URL', config.text('API_URL', 'http://localhost:8080')),
})

export const reviewRequestAfterMs = (config: Settings): number => config.integer('REVIEW_REQUEST_AFTER_MS', 7 * day)

/** The default secret is derived from the platform's key: whoever can sign for the sandbox can have any address suppressed. */
export const sandboxSecret = (internalKey: string) =>
  createHmac('sha256', internalKey).update('sandbox notification webhooks').digest('hex')

interface Channels {
  channels: Readonly<Record<OutgoingChannel, Channel>>
  verifiers: ReadonlyMap<string, WebhookVerifier>
  showSecrets: boolean
}

/** The providers of this deployment. What the sandbox is told of a message comes back as a report, without a webhook. */
export const channelsFromSettings = (config: Settings, report: (events: ProviderEvent[]) => Promise<unknown>): Channels => {
  const sandbox = (channel: OutgoingChannel) => sandboxChannel({ channel, report: async event => void (await report([event])) })
  const channels = { email: sandbox('email'), sms: sandbox('sms'), push: sandbox('push') }
  const secret = config.text('NOTIFICATION_WEBHOOK_SECRET', sandboxSecret(config.internalKey))
  return {
    channels,
    verifiers: new Map([['sandbox', sandboxWebhooks(secret)]]),
    showSecrets: config.text('SANDBOX_SHOWS_SECRETS', '0') === '1' && channels.email.name === 'sandbox',
  }
}
