import type { Log } from './log'
import type { ServiceName } from './platform'
import type { Redis } from './redis'

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

/** Common ground: the key bears no service's prefix. */
export const registryKey = (service: ServiceName) => `service:registry:${service}-service`

const heartbeatMs = 3000
/** A crashed instance is gone after this and at most one beat of another instance: 12 s. */
const lifeMs = 9000

/** Writes the list anew without those that fell silent; with `ARGV[2]` empty, without the instance itself as well. */
const beat = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local live = {}
local known, list = pcall(cjson.decode, redis.call('GET', KEYS[1]) or '[]')
if known then
  for _, instance in ipairs(list) do
    if instance.id ~= ARGV[1] and instance.expires_at and instance.expires_at > now then live[#live + 1] = instance end
  end
end
if ARGV[2] ~= '' then
  local own = cjson.decode(ARGV[2])
  own.expires_at = now + ARGV[3]
  live[#live + 1] = own
end
if #live == 0 then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], cjson.encode(live), 'PX', ARGV[3]) end
return #live`

interface RegistrationOptions {
  redis: Pick<Redis, 'script'>
  service: ServiceName
  address: { host: string; port: number }
  version: string
  log: Pick<Log, 'info' | 'warn'>
  everyMs?: number
  forMs?: number
}

/** Keeps an instance listed until it stops. Without Redis it goes on serving, and is listed again when Redis is back. */
export const startRegistration = async (options: RegistrationOptions) => {
  const { redis, service, address, version, log, everyMs = heartbeatMs, forMs = lifeMs } = options
  const id = crypto.randomUUID()
  const startedAt = new Date().toISOString()
  const script = redis.script<number>(beat)
  const write = (own: string) => script([registryKey(service)], [id, own, forMs])
  let listed = true
  const tell = async () => {
    const { host, port } = address
    const own: Instance = {
      id,
      address: `${host}:${port}`,
      host,
      port,
      version,
      started_at: startedAt,
      last_heartbeat: new Date().toISOString(),
    }
    try {
      await write(JSON.stringify(own))
      if (!listed) log.info({}, 'listed in the registry again')
      listed = true
    } catch (error) {
      if (listed) log.warn({ err: error }, 'the registry is out of reach: this instance is not listed')
      listed = false
    }
  }
  let stopped = false
  let beating = tell()
  await beating
  const timer = setInterval(() => {
    // One at a time: beats that wait for a slow Redis don't pile up.
    beating = beating.then(() => (stopped ? undefined : tell()))
  }, everyMs)
  timer.unref()
  return {
    id,
    /** Unlisted at once, so that nobody is sent to an instance that is going. */
    async stop() {
      stopped = true
      clearInterval(timer)
      await beating
      await write('').catch(error => log.warn({ err: error }, 'could not leave the registry; the entry expires by itself'))
    },
  }
}

const parse = (list: string | null): Instance[] => {
  if (!list) return []
  const instances: Instance[] = JSON.parse(list)
  return instances
}

/** Every service's live instances, for who shows them. */
export const liveInstances = async (redis: Pick<Redis, 'client'>, names: readonly ServiceName[]): Promise<Record<string, Instance[]>> => {
  const lists = await redis.client.mget(...names.map(registryKey))
  return Object.fromEntries(names.map((name, index) => [name, parse(lists[index] ?? null)]))
}

export interface Resolver {
  /** `now`: what was known turned out wrong, so it is looked up anew. */
  instances(service: ServiceName, now?: boolean): Promise<Instance[]>
}

const freshMs = 1000
/** Up to this age a list is used while a newer one is fetched; an older one is waited for. */
const staleMs = 5000
/** A Redis that hangs must not use up a call's deadline while there is a list to go by. */
const patienceMs = 250
/** How long instances are still tried after the registry lost them: a Redis that was restarted is filled again by their next beat. */
const forgottenMs = 2 * lifeMs

export const resolver = ({ redis }: { redis: { client: Pick<Redis['client'], 'get'> } }): Resolver => {
  interface Known {
    instances: Instance[]
    seenAt: number
    lookedAt: number
    pending?: Promise<void> | undefined
  }
  const known = new Map<ServiceName, Known>()
  return {
    async instances(service, now = false) {
      const kept: Known = known.get(service) ?? { instances: [], seenAt: 0, lookedAt: 0 }
      known.set(service, kept)
      const age = Date.now() - kept.lookedAt
      if (age < freshMs && !now && kept.instances.length > 0) return kept.instances
      kept.pending ??= redis.client
        .get(registryKey(service))
        .then(list => {
          const instances = parse(list)
          if (instances.length > 0) kept.seenAt = Date.now()
          if (instances.length > 0 || Date.now() - kept.seenAt > forgottenMs) kept.instances = instances
        })
        // Redis is down: the last list is better than none.
        .catch(() => {})
        .finally(() => {
          kept.lookedAt = Date.now()
          kept.pending = undefined
        })
      if (kept.instances.length === 0) await kept.pending
      else if (now || age > staleMs) await Promise.race([kept.pending, Bun.sleep(patienceMs)])
      return kept.instances
    },
  }
}
