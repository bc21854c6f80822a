import type { MongoClient } from 'mongodb'
import { createPool } from 'mysql2'
import { waitingMessages } from '#shared/bus'
import * as catalog from '#shared/catalog'
import { type Environment, retryDelays, settings } from '#shared/config'
import { forRelease } from '#shared/event'
import { mongoOutbox, sqlOutboxOf } from '#shared/outbox-stores'
import { released } from '#shared/platform'
import { liveInstances } from '#shared/registry'
import { until } from '../until'

const leaseMs = 10_000
const quietWithinMs = 30_000
const retriesWithinMs = 3000

/** RabbitMQ's messages of this platform, by its address and the settings that name its queues. */
export const messagesAt = (url: string, env: Environment = process.env) => {
  const read = settings(env)
  const events = forRelease(Object.values(catalog), released)
  return waitingMessages({ url, prefix: read.text('BROKER_PREFIX', ''), events, retryDelaysMs: retryDelays(read) })
}

type Outbox = Pick<ReturnType<typeof mongoOutbox>, 'seize' | 'release'>
interface Paused {
  /** Messages that wait to be tried again: their effect is in no database yet. */
  delayed: number
  resume(): Promise<void>
}
interface Servers {
  mysqlUrl: string
  schemas: readonly string[]
  mongo: MongoClient
  databases: readonly string[]
  rabbitmqUrl: string
  /** Names the live instances, whose metrics tell what they are handling. */
  registry: Parameters<typeof liveInstances>[0]
}

/**
 * Takes the lease of every outbox, so that no service publishes, and waits until everything that was published is handled. From then on each
 * event is either in an outbox or has had its effect, so copies of all databases fit together. Requests are served meanwhile; what they publish
 * waits in the outboxes.
 */
export const pauseEvents = async (servers: Servers): Promise<Paused> => {
  const holder = `backup-${crypto.randomUUID()}`
  const onMysql = servers.schemas.map(schema => sqlOutboxOf(poolOf(servers.mysqlUrl, schema)))
  const outboxes: Outbox[] = [...onMysql, ...servers.databases.map(name => mongoOutbox(servers.mongo.db(name)))]
  let heldUntil = 0
  const hold = async () => {
    const until = Date.now() + leaseMs
    await Promise.all(outboxes.map(outbox => outbox.seize(holder, leaseMs)))
    heldUntil = until
  }
  await hold()
  let renewal = Promise.resolve()
  const renewing = setInterval(() => {
    renewal = hold().catch(() => {})
  }, leaseMs / 4)
  const resume = async () => {
    clearInterval(renewing)
    // A renewal that is under way would take the leases again after their release.
    await renewal
    const isHeld = Date.now() < heldUntil
    await Promise.all(outboxes.map(outbox => outbox.release(holder)))
    await Promise.all(onMysql.map(outbox => outbox.close()))
    if (!isHeld) throw new Error('the outboxes could not be held until all copies were begun, so these may not fit together: try again')
  }
  try {
    const messages = messagesAt(servers.rabbitmqUrl)
    // A relay notices within a third of its lease that it has lost it, and what it published last may take a moment to arrive.
    let quietSince = Date.now()
    const quiet = async () => {
      if ((await messages.published()) + (await beingHandled(servers.registry)) > 0) quietSince = Date.now()
      return Date.now() - quietSince > 2500
    }
    await until('the handling of all published events', quiet, { timeoutMs: quietWithinMs, everyMs: 100 })
    await until('', async () => (await messages.delayed()) === 0, { timeoutMs: retriesWithinMs, everyMs: 200 }).catch(() => {})
    return { delayed: await messages.delayed(), resume }
  } catch (error) {
    await resume()
    throw error
  }
}

const poolOf = (adminUrl: string, schema: string) => {
  const url = new URL(adminUrl)
  url.pathname = `/${schema}`
  return createPool({ uri: url.href, connectionLimit: 1, timezone: 'Z' })
}

/** How many messages all live instances are handling at this moment. */
const beingHandled = async (registry: Servers['registry']) => {
  const instances = Object.values(await liveInstances(registry, released)).flat()
  const counts = await Promise.all(
    instances.map(async ({ address }) => {
      const text = await (await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(2000) })).text()
      return Number(/^events_being_handled\S* (\d+)/m.exec(text)?.[1] ?? 0)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
