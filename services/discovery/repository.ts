import { type Instance, liveInstances } from '#shared/discovery'
import type { Redis } from '#shared/redis'
import { type ServiceName, services } from '#shared/services'
import type { InstanceState } from './domain'

const names = Object.keys(services) as ServiceName[]
const askWithinMs = 1500

export const isService = (name: string): name is ServiceName => names.some(known => known === name)

export const registry = (redis: Redis) => ({
  /** Every service of the platform in one read, those without an instance too. */
  all: () => liveInstances(redis, names),
  of: async (name: ServiceName) => (await liveInstances(redis, [name]))[name] ?? [],
})
export type Registry = ReturnType<typeof registry>

/** What an instance says of itself and of what it needs; one that doesn't answer in time is down, whatever the registry says. */
export const stateOf = async ({ address, version }: Instance): Promise<InstanceState> => {
  try {
    const answer = await fetch(`http://${address}/ready`, { signal: AbortSignal.timeout(askWithinMs) })
    const { dependencies = {} } = (await answer.json()) as { dependencies?: Record<string, string> }
    return { address, version, state: answer.ok ? 'up' : 'degraded', dependencies }
  } catch {
    return { address, version, state: 'down', dependencies: {} }
  }
}
