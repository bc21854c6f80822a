import type { JSONWebKeySet } from 'jose'
import type { IndexDescription } from 'mongodb'
import { createInternalIdentity, createKeySource, createTokenVerifier } from './auth'
import type { Bus } from './bus'
import * as catalog from './catalog'
import { createClients } from './client'
import type { Config } from './config'
import { untilAvailable } from './deadline'
import { forRelease, type Handler } from './event'
import { createHttp, type Http } from './http'
import { createLog } from './log'
import { createMetrics } from './metrics'
import type { Mongo } from './mongo'
import type { RelayPorts } from './outbox/relay'
import { released } from './platform'
import { createSiblings, openRedis, startFanout } from './redis'
import { createResolver, type Resolver } from './registry'
import { startRevocationList } from './revocations'
import type { Sql } from './sql'
import { second } from './time'
import { createTracer } from './trace'

type Migrations = Parameters<typeof import('./sql').openSql>[0]['migrations']

/** Everything that a service's wiring may ask for. A store is opened when asked for, and closed in the right order. */
export type Kernel = Awaited<ReturnType<typeof openKernel>>['kernel']

const topology = forRelease(Object.values(catalog), released)

export const openKernel = async (config: Config) => {
  const { service } = config
  const log = createLog(service, config.logLevel)
  const metrics = createMetrics(service)
  const tracer = await createTracer({ service, version: config.version, endpoint: config.otlpEndpoint, ratio: config.traceRatio })
  const redis = await openRedis({ url: config.redisUrl, prefix: service, log })
  await untilAvailable(redis.ping, { what: 'Redis', ms: startWithinMs, log }).catch(cause => {
    throw new Error('Redis does not answer at the address in REDIS_URL', { cause })
  })
  const identity = createInternalIdentity(service, config.internalKey)
  const instances = createResolver({ redis })
  const client = createClients({ resolver: instances, internalToken: identity.tokenFor, metrics, tracer })
  const revocations = startRevocationList(redis, log)
  const verify = createTokenVerifier(createKeySource(publishedKeys(instances)), revocations.has)

  const checks: Record<string, () => Promise<void>> = { redis: redis.ping }
  /** Closed in this order: work comes in, is done, is told, and only then the stores go. */
  const closing = { intake: [revocations.close] as Closer[], stores: [] as Closer[] }
  const onDraining: (() => void)[] = []
  let draining = false
  let busOpening: Promise<Bus> | undefined

  const bus = () => {
    busOpening ??= import('./bus').then(async ({ openBus }) => {
      const opened = await openBus({
        url: config.rabbitmqUrl,
        service,
        prefix: config.brokerPrefix,
        retryDelaysMs: config.retryDelaysMs,
        events: topology,
        log,
        metrics,
        tracer,
      })
      checks.rabbitmq = opened.ping
      return opened
    })
    return busOpening
  }

  const relay = async (): Promise<RelayPorts> => ({
    bus: await bus(),
    topology,
    siblings: createSiblings(redis, `platform:outbox:${service}`),
  })

  const manage = <Store extends Pick<Mongo, 'ping' | 'backlog' | 'close'>>(name: string, store: Store): Store => {
    checks[name] = store.ping
    metrics.outbox(store.backlog)
    closing.stores.push(store.close)
    return store
  }

  const http: Http = createHttp({
    service,
    verify,
    identity,
    tracer,
    log,
    observe: metrics.request,
    draining: () => draining,
  })

  const kernel = {
    config,
    log,
    metrics,
    http,
    redis,
    client,
    async sql<Db>(migrations: Migrations): Promise<Sql<Db>> {
      const { openSql } = await import('./sql')
      const opened = await openSql<Db>({ url: config.mysqlUrl(), service, migrations, poolSize, log, relay: await relay() })
      metrics.pool('mysql', () => opened.pool)
      return manage('mysql', opened)
    },
    async mongo(indexes: Record<string, IndexDescription[]>): Promise<Mongo> {
      const { openMongo } = await import('./mongo')
      return manage('mongodb', await openMongo({ url: config.mongoUrl(), service, indexes, log, relay: await relay() }))
    },
    bus: {
      // More than are worked on at once: messages that wait together share a transaction.
      consume: async (handlers: Handler[]) => (await bus()).consume(handlers, { prefetch: 200 }),
      deadLetters: async () => (await bus()).deadLetters,
    },
    /** A capped stream that every instance of this service follows. */
    follow: (stream: string, onEntry: (entry: Record<string, string>) => void) => {
      const follower = startFanout(redis, stream, { onEntry, log })
      closing.intake.push(follower.close)
      return follower
    },
    /** Repeats a bounded piece of work, never twice at once; several instances do it side by side. */
    every(name: string, ms: number, work: () => Promise<unknown>) {
      let running: Promise<void> | undefined
      const timer = setInterval(() => {
        running ??= work()
          .then(
            () => {},
            error => log.warn({ err: error }, `${name} failed; it is tried again`),
          )
          .finally(() => {
            running = undefined
          })
      }, ms)
      closing.intake.push(async () => {
        clearInterval(timer)
        await running
      })
    },
    /** When no new requests should come: what would stay open for ever, such as a live stream, ends here. */
    onDraining: (end: () => void) => void onDraining.push(end),
  }

  return {
    kernel,
    checks,
    /** Sessions that ended before this instance began are known. */
    caughtUp: revocations.ready,
    beginDraining: () => {
      draining = true
      for (const end of onDraining) {
        try {
          end()
        } catch (error) {
          log.warn({ err: error }, 'something open could not be ended; stopping goes on')
        }
      }
    },
    async close() {
      const opened = await busOpening?.catch(() => undefined)
      await opened?.stopConsuming()
      await settle(closing.intake)
      await settle(closing.stores)
      await opened?.close()
      await settle([tracer.close, redis.close])
      metrics.close()
    },
  }
}

/** Connections to MySQL that one instance may hold. */
const poolSize = 10
const startWithinMs = 30 * second

type Closer = () => unknown
const settle = (closers: Closer[]) => Promise.allSettled(closers.map(async close => close()))

/** The keys that the user service publishes, from whichever instance answers. */
const publishedKeys =
  ({ instances }: Resolver) =>
  async (): Promise<JSONWebKeySet> => {
    for (const { address } of await instances('user')) {
      const answer = await fetch(`http://${address}/.well-known/jwks.json`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
      if (answer?.ok) return (await answer.json()) as JSONWebKeySet
    }
    throw new Error('no instance of the user service answers')
  }
