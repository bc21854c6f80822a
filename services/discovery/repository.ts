import { type ServiceName, services } from '#shared/platform'
import type { Redis } from '#shared/redis'
import { type Instance, liveInstances } from '#shared/registry'

/** Of two instances with one address, the older one has crashed: its entry only waits to expire. */
const present = (instances: readonly Instance[]): Instance[] =>
  instances.filter(one => !instances.some(({ address, started_at }) => address === one.address && started_at > one.started_at))

const names = Object.keys(services) as ServiceName[]

/** The live instances that services register in Redis. */
export const instanceRepository = (redis: Pick<Redis, 'client'>) => ({
  /** The instances of every service of the platform, in one read. */
  async all(): Promise<Record<string, Instance[]>> {
    const live = await liveInstances(redis, names)
    return Object.fromEntries(Object.entries(live).map(([name, instances]) => [name, present(instances)]))
  },
  /** Undefined if the platform has no service of this name. */
  async of(name: string): Promise<Instance[] | undefined> {
    const known = names.find(service => service === name)
    return known && present((await liveInstances(redis, [known]))[known] ?? [])
  },
})
export type Instances = ReturnType<typeof instanceRepository>
