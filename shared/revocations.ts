import { LRUCache } from 'lru-cache'
import { accessTokens } from './auth'
import type { Log } from './log'
import { type Redis, startFanout } from './redis'
import { minute } from './time'

/** The stream that brings ended sessions to every instance of every service. Its entries live as long as a token does. */
export const revocationStream = 'platform:revocations'

/** A minute longer than a token lives, since clocks differ. */
const keepMs = (accessTokens.lifeSeconds + 60) * 1000

/** The sessions that ended within the life of a token. At the start, those that ended before are read from the stream. */
export const startRevocationList = (redis: Redis, log: Log) => {
  const ended = new Map<string, number>()
  const follower = startFanout(redis, revocationStream, {
    backMs: keepMs,
    log,
    onEntry: ({ sid }) => {
      if (!sid) return
      ended.set(sid, Date.now())
      for (const [oldest, at] of ended) {
        if (Date.now() - at <= keepMs) break
        ended.delete(oldest)
      }
    },
  })
  const { ready, close } = follower
  return { has: (sid: string) => ended.has(sid), ready, close }
}

/**
 * The sessions that ended a moment ago, for who opens streams: a session may end after its request was admitted and before the stream is
 * there to be ended.
 */
export const justEnded = () => {
  const ended = new LRUCache<string, true>({ max: 10_000, ttl: minute })
  return {
    add: (sid: string | undefined) => void (sid !== undefined && ended.set(sid, true)),
    has: (sid: string) => ended.has(sid),
  }
}

/** Ends sessions in every service within a second. Publishing a session twice does no harm. */
export const publishRevocations =
  ({ client }: Pick<Redis, 'client'>) =>
  async (sids: readonly string[]) => {
    const oldest = Date.now() - keepMs
    await Promise.all(sids.map(sid => client.xadd(revocationStream, 'MINID', '~', oldest, '*', 'sid', sid)))
  }
