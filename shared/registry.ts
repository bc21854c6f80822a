import { checker } from './checker'
import type { Log } from './log'
import type { ServiceName } from './platform'
import type { Redis } from './redis'
import heartbeat from './registry/heartbeat.lua' with { type: 'text' }
import { t } from './schema'
import { second } from './time'

/** A running process of a service, as `service:registry:<name>-service` lists it. `expires_at` is by the clock of Redis. */
export interface Instance {
  id: string
  /** host:port */
  address: string
  host: string
  port: number
  version: string
  started_at: string
  last_heartbeat: string
  expires_at?: number
}

/** All services read these keys, so they have no service's prefix. */
export const registryKey = (service: ServiceName) => `service:registry:${service}-service`

const heartbeatMs = 3 * second
/** A crashed instance is dropped after this time and at most one heartbeat of another instance: 12 s. */
const lifeMs = 9 * second

interface RegistrationOptions {
  redis: Pick<Redis, 'script'>
  service: ServiceName
  address: { host: string; port: number }
  version: string
  log: Pick<Log, 'info' | 'warn'>
  everyMs?: number
  forMs?: number
}

/** Keeps an instance listed until it stops. While Redis is down the instance keeps serving; it is listed again once Redis is back. */
export const startRegistration = async (options: RegistrationOptions) => {
  const { redis, service, address, version, log, everyMs = heartbeatMs, forMs = lifeMs } = options
  const { host, port } = address
  const id = crypto.randomUUID()
  const startedAt = new Date().toISOString()
  const updateList = redis.script<number>(heartbeat)
  let listed = true

  const register = async () => {
    const entry: Instance = {
      id,
      address: `${host}:${port}`,
      host,
      port,
      version,
      started_at: startedAt,
      last_heartbeat: new Date().toISOString(),
    }
    try {
      await updateList([registryKey(service)], [id, JSON.stringify(entry), forMs])
      if (!listed) log.info({}, 'this instance is listed in the registry again')
      listed = true
    } catch (error) {
      if (listed) log.warn({ err: error }, 'the registry cannot be reached: this instance is not listed')
      listed = false
    }
  }
  const unregister = () =>
    updateList([registryKey(service)], [id, '', forMs]).catch(error =>
      log.warn({ err: error }, 'this instance could not leave the registry; its entry expires by itself'),
    )

  let stopped = false
  let registering = register()
  await registering
  const timer = setInterval(() => {
    // One after the other: heartbeats that wait for a slow Redis do not pile up.
    registering = registering.then(() => (stopped ? undefined : register()))
  }, everyMs)
  timer.unref()
  return {
    id,
    /** Removes the entry at once, so that no caller is sent to an instance that is stopping. */
    async stop() {
      stopped = true
      clearInterval(timer)
      await registering
      await unregister()
    },
  }
}

const { check: isInstance } = checker(
  t.Object({
    ...{ id: t.String(), address: t.String(), host: t.String(), port: t.Integer(), version: t.String() },
    ...{ started_at: t.String(), last_heartbeat: t.String(), expires_at: t.Optional(t.Number()) },
  }),
)

/** Every service may write these keys. What is no list of instances counts as empty, and the next heartbeat replaces it. */
const parse = (list: string | null | undefined): Instance[] => {
  try {
    const instances: unknown = JSON.parse(list ?? '[]')
    return Array.isArray(instances) ? instances.filter(isInstance) : []
  } catch {
    return []
  }
}

/** The live instances of several services, by name. */
export const liveInstances = async (redis: Pick<Redis, 'client'>, names: readonly ServiceName[]): Promise<Record<string, Instance[]>> => {
  const lists = await redis.client.mget(...names.map(registryKey))
  return Object.fromEntries(names.map((name, index) => [name, parse(lists[index])]))
}

export interface Resolver {
  /** With `anew` the registry is asked again, because an instance on the last list turned out to be gone. */
  instances(service: ServiceName, anew?: boolean): Promise<Instance[]>
}

const freshMs = second
/** Up to this age a list is used while a newer one is fetched; a caller waits for a list that is older. */
const staleMs = 5 * second
/** How long a caller that has a list waits for a newer one: a Redis that hangs must not use up the call's deadline. */
const refreshWithinMs = 250
/** How long the last list is used after the registry became empty: a Redis that restarted is filled again by the next heartbeats. */
const emptyAfterMs = 2 * lifeMs

interface KnownList {
  instances: Instance[]
  /** When the registry last listed an instance. */
  seenAt: number
  refreshedAt: number
  refreshing?: Promise<void> | undefined
}

export const createResolver = ({ redis }: { redis: { client: Pick<Redis['client'], 'get'> } }): Resolver => {
  const lists = new Map<ServiceName, KnownList>()

  const refresh = async (service: ServiceName, list: KnownList) => {
    try {
      const instances = parse(await redis.client.get(registryKey(service)))
      if (instances.length > 0) list.seenAt = Date.now()
      if (instances.length > 0 || Date.now() - list.seenAt > emptyAfterMs) list.instances = instances
    } catch {
      // Redis is down: the last list is better than none.
    }
    list.refreshedAt = Date.now()
  }

  return {
    async instances(service, anew = false) {
      const list = lists.get(service) ?? { instances: [], seenAt: 0, refreshedAt: 0 }
      lists.set(service, list)
      const age = Date.now() - list.refreshedAt
      if (age < freshMs && !anew && list.instances.length > 0) return list.instances
      list.refreshing ??= refresh(service, list).finally(() => {
        list.refreshing = undefined
      })
      if (list.instances.length === 0) await list.refreshing
      else if (anew || age > staleMs) await Promise.race([list.refreshing, Bun.sleep(refreshWithinMs)])
      return list.instances
    },
  }
}
