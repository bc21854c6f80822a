import { tooMany } from '#shared/errors'
import type { Redis } from '#shared/redis'
import { second } from '#shared/time'
import type { Clock } from './database'
import { type Lockout, lockout } from './domain'
import settleScript from './lockouts.lua' with { type: 'text' }
import type { Vault } from './vault'

const refuseFor = (ms: number) => {
  if (ms > 0) throw tooMany('too_many_attempts', 'Too many failed attempts; wait before the next one.', Math.ceil(ms / second))
}

interface Ports {
  redis: Redis
  vault: Pick<Vault, 'fingerprint'>
  clock: Clock
  rule?: Lockout
}

/** Counts failures per name and client network, over all instances. Failures from one network do not lock out a user at another. */
export const loginLockouts = ({ redis, vault, clock, rule = lockout }: Ports) => {
  const settle = redis.script<number>(settleScript)
  return (...subject: string[]) => {
    const key = redis.key('lockout', vault.fingerprint(subject.join('|')))
    return {
      /** Throws while the wait runs. */
      async check() {
        const till = Number((await redis.client.hget(key, 'till')) ?? 0)
        refuseFor(till - clock().getTime())
      },
      /** Throws while the wait runs; `locked` says that this failure begins one. */
      async settle(right: boolean): Promise<{ locked: boolean }> {
        const { freeFailures, firstWaitMs, longestWaitMs, forgetAfterMs } = rule
        const now = clock().getTime()
        const outcome = right ? 'right' : 'wrong'
        const waitMs = await settle([key], [now, outcome, freeFailures, firstWaitMs, longestWaitMs, forgetAfterMs])
        refuseFor(waitMs)
        return { locked: waitMs < 0 }
      },
    }
  }
}
export type LoginLockouts = ReturnType<typeof loginLockouts>
