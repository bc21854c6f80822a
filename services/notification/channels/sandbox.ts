import { second } from '#shared/time'
import {
  aborted,
  badAddress,
  type Channel,
  isDeviceToken,
  isMailbox,
  isPhone,
  keyOf,
  type Outgoing,
  type OutgoingChannel,
  type ProviderEvent,
  refused,
  retry,
  type Sent,
} from './channel'

/**
 * A provider to try the shop with: it sends nothing, and the address decides what happens. The word is what an e-mail address or a token begins
 * with (`bounce@example.com`, `bounce+ann@example.com`, `bounce:device-1`), or a telephone number below stands for it. Any other address succeeds.
 *
 * | word | number | what happens |
 * |---|---|---|
 * | `bounce` | +15005550001 | refused: there is no such address |
 * | `later` | +15005550002 | not now: try again |
 * | `refuse` | +15005550003 | refused for what the message says |
 * | `full` | +15005550004 | sent; later a soft bounce is reported |
 * | `gone` | +15005550005 | sent; later a bounce is reported |
 * | `complain` | +15005550006 | sent; later a complaint is reported |
 * | `silent` | +15005550007 | no answer until the caller gives up |
 */
const words = ['bounce', 'later', 'refuse', 'full', 'gone', 'complain', 'silent'] as const
type Word = (typeof words)[number]

const wordOf = (to: string): Word | undefined => {
  const number = /^\+1500555000([1-7])$/.exec(to)?.[1]
  if (number !== undefined) return words[Number(number) - 1]
  return words.find(word => new RegExp(`^${word}(?![a-z0-9])`, 'i').test(to))
}
const accepts: Record<OutgoingChannel, (to: string) => boolean> = { email: isMailbox, sms: isPhone, push: isDeviceToken }
const reports = { full: 'soft_bounced', gone: 'bounced', complain: 'complained' } as const

interface SandboxOptions {
  channel: OutgoingChannel
  /** Told once what a provider would report by webhook, `reportAfterMs` after the message was taken. */
  report?: ((event: ProviderEvent) => Promise<void> | void) | undefined
  reportAfterMs?: number
}

export const sandboxChannel = ({ channel, report, reportAfterMs = second }: SandboxOptions): Channel => {
  const reportLater = (message: Outgoing, provider_id: string, word: Word | undefined) => {
    const kind = word !== undefined && word in reports ? reports[word as keyof typeof reports] : 'delivered'
    const tell = async () =>
      report?.({ event_id: `${provider_id}-${kind}`, provider_id, kind, address: message.to, time: new Date().toISOString() })
    // A report that is lost is no worse than a webhook that never came.
    setTimeout(() => tell().catch(() => undefined), reportAfterMs).unref()
  }
  return {
    name: 'sandbox',
    async send(message, signal): Promise<Sent> {
      if (signal.aborted) return aborted()
      if (!accepts[channel](message.to)) return badAddress('the address is malformed')
      const word = wordOf(message.to)
      if (word === 'bounce') return badAddress('there is no such address')
      if (word === 'later') return retry('the sandbox takes nothing for this address at the moment')
      if (word === 'refuse') return refused('the sandbox refuses what the message says')
      if (word === 'silent') {
        await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
        return aborted()
      }
      const provider_id = `sandbox-${channel}-${keyOf(message.message_id)}`
      if (report) reportLater(message, provider_id, word)
      return { outcome: 'sent', provider: 'sandbox', provider_id }
    },
  }
}
