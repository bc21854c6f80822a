import { createHash } from 'node:crypto'
import { Redis as Client } from 'ioredis'
import type { Logger } from 'pino'

interface RedisOptions {
  url: string
  /** The prefix of the service's own keys. Keys that all services share (`platform:*`, `service:registry:*`) are written in full. */
  prefix: string
  log: Pick<Logger, 'info' | 'warn' | 'error'>
}

export interface Redis {
  client: Client
  /** `key('guest', id)` is `cart:guest:<id>`. ioredis' own prefix is not used, since it would apply to the shared keys as well. */
  key(...parts: (string | number)[]): string
  /** A Lua script; its source is sent only when Redis does not have it. The type of its answer is not checked. */
  script<T>(lua: string): (keys: string[], args?: (string | number)[]) => Promise<T>
  ping(): Promise<void>
  close(): Promise<void>
}

const answerWithinMs = 2000

/**
 * Does not wait for the server. While it is down, commands fail within about 0.2 s, and while it hangs after 2 s, with an error for which
 * `isUnavailable` holds; a command that was sent is never sent again. The client reconnects by itself.
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
    if (!up) log.info('Redis is up again')
    up = true
  })
  client.on('error', error => {
    if (up) log.warn({ err: error }, 'Redis is down')
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

/** What the instances of a service tell each other in passing. */
export interface Notices {
  tell(text: string): void
  /**
   * An instance that is not subscribed at a moment misses what is told then. So the listener also gets an empty text whenever the
   * subscription begins, and should look for itself. Returns a function that stops listening.
   */
  listen(listener: (text: string) => void): () => void
}

/** Notices by pub/sub. While Redis is down nobody gets any. */
export const createNotices = (redis: Redis, channel: string): Notices => ({
  tell: text => void redis.client.publish(channel, text).catch(() => {}),
  listen: listener => {
    const subscriber = redis.client.duplicate({ enableAutoPipelining: false, autoResubscribe: false })
    subscriber.on('error', () => {})
    subscriber.on('message', (_, text: string) => listener(text))
    const subscribe = () =>
      void subscriber.subscribe(channel).then(
        () => listener(''),
        () => {},
      )
    subscriber.on('ready', subscribe)
    return () => subscriber.disconnect()
  },
})

export { type Fanout, type FanoutOptions, startFanout } from './redis/fanout'
