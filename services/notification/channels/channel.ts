import type { ChannelName } from '../domain'

/** The channels that leave the shop. What is shown in the shop needs no adapter. */
export type OutgoingChannel = Exclude<ChannelName, 'in_app'>

export interface Outgoing {
  /** The same for every attempt: what a provider or a mailbox can tell a repetition by is made from it. */
  message_id: string
  /** An e-mail address, a telephone number in E.164, or the token of a device. */
  to: string
  subject?: string
  text: string
  html?: string
  unsubscribe?: { url: string }
  language: string
}

export type Sent =
  | { outcome: 'sent'; provider: string; provider_id: string }
  /** Nothing was accepted, or that is unknown; `after_seconds` is how long the provider asks us to wait. */
  | { outcome: 'retry'; reason: string; after_seconds?: number }
  /** Another attempt would be refused as well. With `permanent_address_fault`, so would every other message to this address. */
  | { outcome: 'refused'; reason: string; permanent_address_fault: boolean }

export interface Channel {
  name: string
  /** Answers every failure with an outcome. When the signal is aborted, it stops and answers `retry`. */
  send(message: Outgoing, signal: AbortSignal): Promise<Sent>
}

/** What a provider reports later. `provider_id` is that of the `sent` answer. */
export interface ProviderEvent {
  /** The same when the provider reports it again. */
  event_id: string
  provider_id: string
  kind: 'delivered' | 'bounced' | 'soft_bounced' | 'complained'
  address?: string
  time: string
}

export interface WebhookVerifier {
  /** The events of a signed webhook, in its order; those that say nothing about a message are left out. Throws 400 for one that is unsigned, stale or no event. */
  verify(raw: Uint8Array, headers: Headers, now: Date): ProviderEvent[]
}

export const retry = (reason: string, afterSeconds?: number): Sent => ({
  outcome: 'retry',
  reason,
  ...(afterSeconds !== undefined && { after_seconds: afterSeconds }),
})
export const refused = (reason: string): Sent => ({ outcome: 'refused', reason, permanent_address_fault: false })
export const badAddress = (reason: string): Sent => ({ outcome: 'refused', reason, permanent_address_fault: true })
export const aborted = () => retry('stopped before the provider answered')

// Only what cannot be misread: no quotes, comments, brackets or spaces, so nothing that a mail program would take for a second address.
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i
/** Whether it is one bare address, which may stand in an SMTP command as it is. */
export const isMailbox = (address: string): boolean => {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  return (
    at > 0 && address.length <= 254 && Buffer.byteLength(local) <= 64 && localPart.test(local) && domainName.test(address.slice(at + 1))
  )
}
/** A telephone number in E.164. */
export const isPhone = (number: string) => /^\+[1-9]\d{6,14}$/.test(number)
/** The token of a device: long, and without spaces. */
export const isDeviceToken = (token: string) => /^[\w:.-]{8,4096}$/.test(token)

/** A provider’s words as a reason that is kept: short, on one line, and without the address that they often quote. */
export const reasonFrom = (words: string, to: string): string =>
  [
    ...words
      .slice(0, 2000)
      .toWellFormed()
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .replaceAll(to, '<address>')
      .replace(/[^\s<>"']+@[^\s<>"']+/g, '<address>')
      .replace(/\+?\d{9,15}/g, '<number>')
      .trim(),
  ]
    .slice(0, 200)
    .join('')

/** A key of a message that is safe in a header, in a path and in a form. */
export const keyOf = (messageId: string): string =>
  /^[\w.-]{1,60}$/.test(messageId) ? messageId : new Bun.CryptoHasher('sha256').update(messageId).digest('hex').slice(0, 40)
