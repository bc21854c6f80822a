import { tooMany } from '#shared/errors'
import type { Redis } from '#shared/redis'
import type { Clock } from './database'
import { type Lockout, lockout } from './domain'
import { digest } from './secrets'

/**
 * Settles an attempt in one step. While the wait runs, a right answer is as good as a wrong one: of many guesses sent at once, only the first few
 * tell the guesser anything. Answers the wait in ms, or 0.
 */
const settleLua = `
local now = tonumber(ARGV[1])
local till = tonumber(redis.call('HGET', KEYS[1], 'till') or '0')
if till > now then return till - now end
if ARGV[2] == 'right' then redis.call('DEL', KEYS[1]) return 0 end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
local over = failures - tonumber(ARGV[3])
if over >= 0 then redis.call('HSET', KEYS[1], 'till', now + math.min(tonumber(ARGV[4]) * 2 ^ over, tonumber(ARGV[5]))) end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return 0`

const wait = (ms: number) => {
  if (ms > 0) throw tooMany('too_many_attempts', 'Too many failed attempts; wait before the next one.', Math.ceil(ms / 1000))
}

/** Counts failures for a name from an address, over all instances. Strangers at other addresses don't lock anybody out. */
export const createLockouts = ({ redis, clock, rule = lockout }: { redis: Redis; clock: Clock; rule?: Lockout }) => {
  const settle = redis.script<number>(settleLua)
  return (...who: string[]) => {
    const key = redis.key('lockout', digest(who.join('|')))
    return {
      /** Throws while the wait runs. */
      async check() {
        const till = Number((await redis.client.hget(key, 'till')) ?? 0)
        wait(till - clock().getTime())
      },
      async settle(right: boolean) {
        const { freeFailures, firstWaitMs, longestWaitMs, forgetAfterMs } = rule
        const now = clock().getTime()
        wait(await settle([key], [now, right ? 'right' : 'wrong', freeFailures, firstWaitMs, longestWaitMs, forgetAfterMs]))
      },
    }
  }
}
export type Lockouts = ReturnType<typeof createLockouts>
