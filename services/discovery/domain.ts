import { invalid } from '#shared/errors'
import { minute, readPeriod, second } from '#shared/time'

export interface InstanceState {
  address: string
  version: string
  state: 'up' | 'degraded' | 'down'
  /** The state of each store and broker, as the instance reports it. */
  dependencies: Record<string, string>
}

export type Health = 'up' | 'degraded' | 'down'

/** A service is up when all of its instances are up, and degraded while at least one of them answers. Without instances it is down. */
export const healthOf = (instances: readonly Pick<InstanceState, 'state'>[]): Health => {
  if (instances.every(({ state }) => state === 'down')) return 'down'
  return instances.every(({ state }) => state === 'up') ? 'up' : 'degraded'
}

export const overallHealth = (services: readonly { status: Health }[]): Health => {
  if (services.some(({ status }) => status === 'down')) return 'down'
  return services.every(({ status }) => status === 'up') ? 'up' : 'degraded'
}

export interface Drift {
  count: number
  examples: string[]
}

/** The keys of the owner's figures for which another service shows something else, or nothing. */
export const differingKeys = (owner: Record<string, number>, shown: Record<string, number>): string[] =>
  Object.keys(owner).filter(key => shown[key] !== owner[key])

interface Rating {
  average: number
  count: number
}
const unrated: Rating = { average: 0, count: 0 }
/** The products that are not shown with the rating that their reviews add up to. */
export const differingRatings = (owner: Record<string, Rating>, shown: Record<string, Rating>): string[] =>
  Object.keys(owner).filter(id => !sameRating(owner[id], shown[id]))
export const sameRating = (a: Rating = unrated, b: Rating = unrated): boolean => a.average === b.average && a.count === b.count

const withoutStock = new Set<string | undefined>([undefined, 'new', 'waiting', 'rejected', 'expired', 'commit_failed', 'released'])
/** Whether the state of an order's reservation in inventory is what the order expects. */
export const stockMatches = (expected: 'none' | 'reserved' | 'committed', state: string | undefined): boolean =>
  expected === 'none' ? withoutStock.has(state) : state === expected

interface Kept {
  captured: number
  refunded: number
}
/** Amounts are in major units; thousandths are exact in every currency. */
const inThousandths = (amount: number) => Math.round(amount * 1000)

/** Whether payment kept what the order counts as paid. */
export const paymentMatches = (paid: number, payment: Kept = { captured: 0, refunded: 0 }): boolean =>
  inThousandths(paid) === inThousandths(payment.captured - payment.refunded)

/** Whether a paid order is in the tax report; what it counts there is compared with what payment kept. */
export const orderTaxMatches = (paid: number, reported: number | undefined): boolean => paid === 0 || reported !== undefined

/** Whether the tax report counts what payment kept. An order to be paid on delivery is counted before its payment. */
export const paymentTaxMatches = (reported: number, payment: Kept | undefined): boolean =>
  payment === undefined || payment.captured === 0 || paymentMatches(reported, payment)

/** Whether a coupon is redeemed by an order that continues, and by no cancelled one. */
export const couponMatches = (status: string, redemption: string | undefined): boolean => {
  if (status === 'cancelled') return redemption !== 'redeemed'
  return status === 'pending' || redemption === 'redeemed'
}

export interface Window {
  from: Date
  to: Date
}
/** Events younger than this may still be under way. */
const settleMs = 5 * second

/** By default, the last quarter of an hour, except the seconds in which events may still be under way. A day that is not over leaves them out, too. */
export const windowOf = ({ from, to }: { from?: string; to?: string }, now: Date): Window => {
  const period = readPeriod(from, to)
  const settled = new Date(now.getTime() - settleMs)
  // A moment is used as it is given, even a later one.
  const until = period.to && (to?.includes('T') || period.to < settled) ? period.to : settled
  const since = period.from ?? new Date(until.getTime() - 15 * minute)
  if (!(since < until))
    throw invalid('invalid_window', '`from` must be before `to`; without `to`, or with a day that is not over, before five seconds ago.')
  return { from: since, to: until }
}

export const driftReport = ({ from, to }: Window, checkedAt: Date, relations: Record<string, Drift>) => ({
  window: { from: from.toISOString(), to: to.toISOString() },
  checked_at: checkedAt.toISOString(),
  drift: Object.fromEntries(Object.entries(relations).map(([relation, { count }]) => [relation, count])),
  examples: Object.fromEntries(
    Object.entries(relations).flatMap(([relation, { count, examples }]) => (count > 0 ? [[relation, examples]] : [])),
  ),
})

interface Letter {
  type: string
  reason: string
  order_id?: number
}
/** Which dead letters are meant: those that are as every part of the filter says. */
export const isMeant = ({ type, order_id, reason }: { type?: string; order_id?: number; reason?: string }) => {
  const part = reason?.toLowerCase()
  return (letter: Letter): boolean =>
    (type === undefined || letter.type === type) &&
    (order_id === undefined || letter.order_id === order_id) &&
    (part === undefined || letter.reason.toLowerCase().includes(part))
}
