import { createHash } from 'node:crypto'
import { Redis as Client } from 'ioredis'
import type { Logger } from 'pino'
import type { Siblings } from './outbox'

export interface RedisOptions {
  url: string
  /** The service's own corner; `platform:*` and `service:registry:*` are common ground and named in full. */
  prefix: string
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}

export interface Redis {
  client: Client
  /** `key('guest', id)` is `cart:guest:<id>`. By hand, since ioredis' own prefix would hold for the common names as well. */
  key(...parts: (string | number)[]): string
  /** A Lua script, sent whole only when Redis doesn't know it. What it answers is the caller's word, as with any store. */
  script<T>(lua: string): (keys: string[], args?: (string | number)[]) => Promise<T>
  ping(): Promise<void>
  close(): Promise<void>
}

const answerWithinMs = 2000

/**
 * Doesn't wait for the server: commands do, for a moment. A server that is down fails them within about 0.2 s, one that hangs after 2 s, with an
 * error for which `isUnavailable` holds; a command that was under way is never sent twice. The connection comes back by itself.
 */
export const openRedis = async ({ url, prefix, log }: RedisOptions): Promise<Redis> => {
  const client = new Client(url, {
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    commandTimeout: answerWithinMs,
    connectTimeout: answerWithinMs,
    retryStrategy: attempt => Math.min(50 * attempt, 200),
  })
  let up = true
  client.on('ready', () => {
    if (!up) log.info('Redis is back')
    up = true
  })
  client.on('error', error => {
    if (up) log.warn({ err: error }, 'Redis is away')
    up = false
  })
  return {
    client,
    key: (...parts) => [prefix, ...parts].join(':'),
    script: <T>(lua: string) => {
      const sha = createHash('sha1').update(lua).digest('hex')
      return async (keys: string[], args: (string | number)[] = []) => {
        const answer = client.evalsha(sha, keys.length, ...keys, ...args).catch(error => {
          if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return client.eval(lua, keys.length, ...keys, ...args)
          throw error
        })
        return (await answer) as T
      }
    },
    async ping() {
      await client.ping()
    },
    async close() {
      // `quit` answers after everything that was sent before it.
      await client.quit().catch(() => {})
      client.disconnect()
    },
  }
}

/** Notifies the other instances of a service by pub/sub; an instance that is not subscribed just then misses it. */
export const createSiblings = (redis: Redis, channel: string): Siblings => ({
  notify: () => void redis.client.publish(channel, '').catch(() => {}),
  onNotified: listener => {
    const subscriber = redis.client.duplicate({ enableAutoPipelining: false })
    subscriber.on('error', () => {})
    subscriber.on('message', listener)
    const subscribe = () => void subscriber.subscribe(channel).catch(() => {})
    subscriber.on('ready', subscribe)
    return () => subscriber.disconnect()
  },
})

export { type Fanout, type FanoutOptions, startFanout } from './redis/fanout'
