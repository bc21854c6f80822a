import { type ServiceName, services } from '#shared/platform'
import type { Redis } from '#shared/redis'
import { type Instance, liveInstances } from '#shared/registry'

const names = Object.keys(services) as ServiceName[]

/** The live instances that services register in Redis. */
export const instanceRepository = (redis: Pick<Redis, 'client'>) => ({
  /** The instances of every service of the platform, in one read. */
  all: () => liveInstances(redis, names),
  /** Undefined if the platform has no service of this name. */
  async of(name: string): Promise<Instance[] | undefined> {
    const known = names.find(service => service === name)
    return known && (await liveInstances(redis, [known]))[known]
  },
})
export type Instances = ReturnType<typeof instanceRepository>
