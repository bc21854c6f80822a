import type { Migration } from 'kysely/migration'
import type { IndexDescription } from 'mongodb'
import { createInternalIdentity, createKeySource, createTokenVerifier } from './auth'
import type { Bus } from './bus'
import { type Clients, createClients } from './client'
import type { Config } from './config'
import { untilAvailable } from './deadline'
import type { Handler } from './event'
import { createHttp, type Http, type HttpDeps } from './http'
import { createActivity } from './kernel/activity'
import { createAudit } from './kernel/audit'
import { createLazyBus } from './kernel/lazy-bus'
import { publishedKeys } from './kernel/published-keys'
import { startRepeating } from './kernel/repeat'
import { shrinkOnceQuiet } from './kernel/shrink'
import { createShutdown } from './kernel/shutdown'
import { createLog, type Log } from './log'
import { createMetrics, type Metrics } from './metrics'
import type { Mongo } from './mongo'
import type { Backlog } from './outbox'
import { serviceInfo } from './platform'
import { createNotices, type Fanout, type FanoutOptions, type Notices, openRedis, type Redis, startFanout } from './redis'
import { createResolver } from './registry'
import { startRevocationList } from './revocations'
import type { Check } from './service/ops'
import type { Sql } from './sql'
import { second } from './time'
import { createTracer } from './trace'

/** What a service's main.ts may ask for. A store is opened on demand, and everything is closed in the right order. */
export interface Kernel {
  config: Config
  log: Log
  metrics: Metrics
  http: Http
  redis: Redis
  /** A Redis of the service's own, apart from that of the registry and the sessions. It may be the same one. */
  redisAt(name: string, url: string): Promise<Redis>
  client: Clients
  sql<Db>(migrations: Record<string, Migration>): Promise<Sql<Db>>
  mongo(indexes: Record<string, IndexDescription[]>): Promise<Mongo>
  bus: {
    consume(handlers: readonly Handler[]): Promise<void>
    /** For operators: what waits, what was given up, and what happens. */
    inspection(): Promise<Pick<Bus, 'deadLetters' | 'queues' | 'tap'>>
  }
  /** Follows a capped stream, as every other instance of this service does: from now on, or from after an entry that is known. */
  follow(stream: string, onEntry: FanoutOptions['onEntry'], options?: Pick<FanoutOptions, 'after'>): Fanout
  /** What the instances of this service tell each other about one thing. */
  notices(about: string): Notices
  /**
   * Repeats a bounded piece of work, never twice at once in one instance; several instances do it side by side. An instance that has been idle
   * for ten seconds, not counting discovery's requests, runs it at most every five seconds.
   */
  every(name: string, ms: number, work: () => Promise<unknown>): void
  /** Called when the instance should get no new requests: answers that would never end, such as live streams, end here. */
  onDrain(end: () => void): void
}

/** Connections to MySQL that one instance may hold. */
const poolSize = 10
/** How long the start waits for a dependency that it can do without. */
const startWithinMs = 3 * second

interface Store {
  ping(): Promise<void>
  backlog(): Promise<Backlog>
  beginStopping(): void
  close(): Promise<void>
}

export const openKernel = async (config: Config) => {
  const { service } = config
  const log = createLog(service, config.logLevel)
  const metrics = createMetrics(service)
  const activity = createActivity()
  activity.onChange(quiet => metrics.watchLag(!quiet))
  shrinkOnceQuiet(activity)
  const tracer = await createTracer({ service, version: config.version, endpoint: config.otlpEndpoint, ratio: config.traceRatio })
  const redis = await openRedis({ url: config.redisUrl, prefix: service, log })
  const redisAnswers = await answersSoon('Redis', redis, log)
  const identity = createInternalIdentity(service, config.internalKey)
  const resolver = createResolver({ redis })
  const client = createClients({ resolver, internalToken: identity.tokenFor, metrics, tracer })
  const audit = createAudit(client)
  const revocations = startRevocationList(redis, log)
  const verify = createTokenVerifier(createKeySource(publishedKeys(resolver)), revocations.has)

  const registry: Check = { ping: redis.ping, required: serviceInfo(service).store === 'redis' }
  const checks: Record<string, Check> = { redis: registry }
  const shutdown = createShutdown(log)
  shutdown.at('stopping', revocations.close)
  shutdown.at('connections', tracer.close, redis.close, metrics.close)
  const bus = createLazyBus({ config, log, metrics, tracer, activity, redis, startWithinMs, checks, shutdown })

  const manage = <S extends Store>(name: string, store: S): S => {
    checks[name] = { ping: store.ping, required: true }
    metrics.outbox(store.backlog)
    shutdown.at('stopping', store.beginStopping)
    shutdown.at('stores', store.close)
    return store
  }

  const observe: HttpDeps['observe'] = seen => {
    activity.request(seen)
    metrics.request(seen)
  }

  const kernel: Kernel = {
    config,
    log,
    metrics,
    http: createHttp({ service, verify, identity, tracer, log, observe, draining: shutdown.draining, audit }),
    redis,
    client,
    async redisAt(name, url) {
      if (url === config.redisUrl) return redis
      const own = await openRedis({ url, prefix: service, log })
      await answersSoon(name, own, log)
      checks[name] = { ping: own.ping, required: true }
      registry.required = false
      shutdown.at('stores', own.close)
      return own
    },
    async sql<Db>(migrations: Record<string, Migration>) {
      const { openSql } = await import('./sql')
      const sql = await openSql<Db>({ url: config.mysqlUrl(), service, migrations, poolSize, log, relay: await bus.relayPorts() })
      metrics.pool('mysql', () => sql.pool)
      audit.useOutbox(() => sql.transaction(async () => undefined))
      return manage('mysql', sql)
    },
    async mongo(indexes) {
      const { openMongo } = await import('./mongo')
      const mongo = await openMongo({ url: config.mongoUrl(), service, indexes, log, relay: await bus.relayPorts() })
      audit.useOutbox(() => mongo.transaction(async () => undefined))
      return manage('mongodb', mongo)
    },
    bus: {
      async consume(handlers) {
        metrics.consuming(handlers.map(({ event }) => event.type))
        await (await bus.opened()).consume(handlers)
      },
      inspection: bus.opened,
    },
    follow(stream, onEntry, options = {}) {
      const follower = startFanout(redis, stream, { ...options, onEntry, log })
      shutdown.at('stopping', follower.close)
      return follower
    },
    notices(about) {
      const { tell, listen } = createNotices(redis, redis.key('notices', about))
      return {
        tell,
        listen(listener) {
          const stop = listen(listener)
          shutdown.at('stopping', stop)
          return stop
        },
      }
    },
    every: (name, ms, work) => shutdown.at('stopping', startRepeating(work, { name, ms, log, activity }).stop),
    onDrain: shutdown.onDrain,
  }

  return {
    kernel,
    checks,
    /** Resolves when the sessions that ended before this instance started are known. Without Redis that is not waited for. */
    caughtUp: redisAnswers ? revocations.ready : Promise.resolve(),
    beginDraining: shutdown.beginDraining,
    close: shutdown.close,
  }
}

/** Redis may be down at the start: the service then starts without it, and its client reconnects by itself. */
const answersSoon = (what: string, redis: Redis, log: Log): Promise<boolean> =>
  untilAvailable(redis.ping, { what, ms: startWithinMs, log }).then(
    () => true,
    error => {
      log.warn({ err: error }, `${what} is down: starting without it`)
      return false
    },
  )
