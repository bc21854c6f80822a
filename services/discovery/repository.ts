import { released, type ServiceName, services } from '#shared/platform'
import type { Redis } from '#shared/redis'
import { type Instance, liveInstances } from '#shared/registry'
import { healthOf, type InstanceState, overall } from './domain'

const names = Object.keys(services) as ServiceName[]
const askWithinMs = 1500

export const registry = (redis: Pick<Redis, 'client'>) => ({
  /** Every service of the platform in one read, those without an instance too. */
  all: () => liveInstances(redis, names),
  /** Nothing for what is no service of the platform. */
  of: async (name: string): Promise<Instance[] | undefined> => {
    const known = names.find(service => service === name)
    return known && (await liveInstances(redis, [known]))[known]
  },
})
export type Registry = ReturnType<typeof registry>

/** What an instance says of itself and of what it needs; one that doesn't answer in time is down, whatever the registry says. */
const stateOf = async ({ address, version }: Instance): Promise<InstanceState> => {
  try {
    const answer = await fetch(`http://${address}/ready`, { signal: AbortSignal.timeout(askWithinMs) })
    const { dependencies = {} } = (await answer.json()) as { dependencies?: Record<string, string> }
    return { address, version, state: answer.ok ? 'up' : 'degraded', dependencies }
  } catch {
    return { address, version, state: 'down', dependencies: {} }
  }
}

/** Every released service with each of its instances. Anybody may ask, so those who ask at once share one look. */
export const healthCheck = ({ all }: Registry) => {
  const look = async () => {
    const live = await all()
    const found = await Promise.all(
      released.map(async name => {
        const instances = await Promise.all((live[name] ?? []).map(stateOf))
        return { name, status: healthOf(instances), instances }
      }),
    )
    return { status: overall(found), services: found }
  }
  let looking: ReturnType<typeof look> | undefined
  return () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
}
export type HealthCheck = ReturnType<typeof healthCheck>
