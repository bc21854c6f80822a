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

const maxExamples = 20

export interface Drift {
  count: number
  examples: string[]
}

/** What the owner of a figure says, against what another service shows of it: each key at which they differ. */
export const differences = (owner: Record<string, number>, shown: Record<string, number>): Drift => {
  const differing = Object.keys(owner).filter(key => shown[key] !== owner[key])
  return { count: differing.length, examples: differing.slice(0, maxExamples) }
}

export const driftReport = (window: { from: string; to: string }, checkedAt: Date, relations: Record<string, Drift>) => ({
  window,
  checked_at: checkedAt.toISOString(),
  drift: Object.fromEntries(Object.entries(relations).map(([relation, { count }]) => [relation, count])),
  examples: Object.fromEntries(
    Object.entries(relations).flatMap(([relation, { count, examples }]) => (count > 0 ? [[relation, examples]] : [])),
  ),
})
