import { hour, minute, second } from '#shared/time'

export const deliveryStates = ['queued', 'sent', 'delivered', 'bounced', 'complained', 'failed', 'suppressed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** After the last of these waits a delivery has failed: by then a provider was away for more than a day. */
const waits = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 12 * hour]
export const mostAttempts = waits.length + 1

/** How long to wait after this many attempts; undefined when there were enough. */
export const waitAfter = (attempts: number): number | undefined => waits[attempts - 1]

/** What a provider tells about a message that it took. Each is final, except that one may still be worse than another. */
const rank: Record<DeliveryState, number> = { queued: 0, sent: 1, suppressed: 1, failed: 1, delivered: 2, bounced: 3, complained: 4 }

/** The state after a report. Reports come in any order and any number of times: the worst one stays. */
export const afterReport = (present: DeliveryState, reported: 'delivered' | 'bounced' | 'complained'): DeliveryState =>
  rank[reported] > rank[present] ? reported : present

const hidden = '[hidden]'
/** A text without its secrets: what administrators may read of a message that carried one. */
export const masked = (text: string, secrets: readonly string[]): string =>
  secrets.filter(Boolean).reduce((masked, secret) => masked.replaceAll(secret, hidden), text)
