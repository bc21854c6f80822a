import { accessTokens } from './auth'
import type { Log } from './log'
import { type Redis, startFanout } from './redis'

/** The stream on which an ended session is told to every instance of every service. Its entries live as long as a token does. */
export const revocationStream = 'platform:revocations'

/** A minute more than a token lives, for clocks that differ. */
const keepMs = (accessTokens.lifeSeconds + 60) * 1000

/** The sessions that ended within the life of a token; an instance that starts reads back what it missed. */
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

/** Ends sessions everywhere, within a second. Told twice is told once. */
export const publishRevocations =
  ({ client }: Pick<Redis, 'client'>) =>
  async (sids: readonly string[]) => {
    const oldest = Date.now() - keepMs
    await Promise.all(sids.map(sid => client.xadd(revocationStream, 'MINID', '~', oldest, '*', 'sid', sid)))
  }
