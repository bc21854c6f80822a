import { invalid } from '#shared/errors'

export interface InstanceState {
  address: string
  version: string
  state: 'up' | 'degraded' | 'down'
  /** What the instance says of each store and broker it needs. */
  dependencies: Record<string, string>
}

export type Health = 'up' | 'degraded' | 'down'

/** A service is up when all of its instances are, degraded while at least one answers. One that is not shipped yet is missed by nobody. */
export const healthOf = (instances: readonly Pick<InstanceState, 'state'>[]): Health => {
  if (instances.every(({ state }) => state === 'down')) return 'down'
  return instances.every(({ state }) => state === 'up') ? 'up' : 'degraded'
}

export const overall = (services: readonly { status: Health }[]): Health => {
  if (services.some(({ status }) => status === 'down')) return 'down'
  return services.every(({ status }) => status === 'up') ? 'up' : 'degraded'
}

export interface Drift {
  count: number
  examples: string[]
}

/** What the owner of a figure says, against what another service shows of it: each key at which they differ. */
export const differing = (owner: Record<string, number>, shown: Record<string, number>): string[] =>
  Object.keys(owner).filter(key => shown[key] !== owner[key])

const released = new Set<string | undefined>([undefined, 'new', 'waiting', 'rejected', 'expired', 'commit_failed', 'released'])
/** Whether inventory holds for an order what the order believes. */
export const stockFits = (believed: 'none' | 'reserved' | 'committed', held: string | undefined): boolean =>
  believed === 'none' ? released.has(held) : held === believed

/** Whether a coupon is used up by exactly the orders that go on with it. */
export const couponFits = (status: string, redemption: string | undefined): boolean => {
  if (status === 'cancelled') return redemption !== 'redeemed'
  return status === 'pending' || redemption === 'redeemed'
}

export interface Window {
  from: Date
  to: Date
}
const minute = 60_000
/** Events younger than this may still be on their way. */
const settleMs = 5000

/** What is looked at: unless told otherwise, the quarter of an hour before all has settled. */
export const windowOf = ({ from, to }: { from?: string; to?: string }, now: Date): Window => {
  const until = to ? new Date(to) : new Date(now.getTime() - settleMs)
  const since = from ? new Date(from) : new Date(until.getTime() - 15 * minute)
  if (!(since < until)) throw invalid('invalid_window', '`from` must be before `to`; without `to`, before five seconds ago.')
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
