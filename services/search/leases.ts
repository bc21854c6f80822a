import type { Redis } from '#shared/redis'
import { second } from '#shared/time'

const ms = 60 * second

const extend = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`
const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

/** Work that one instance does at a time. A lease ends a minute after its holder vanished. */
export const leases = (redis: Redis) => {
  const [extendScript, releaseScript] = [redis.script<number>(extend), redis.script<number>(release)]
  return {
    /** Undefined while another instance has it. `isHeld` turns false when it could not be renewed. */
    async take(name: string): Promise<{ isHeld(): boolean; release(): Promise<void> } | undefined> {
      const [key, token] = [redis.key('lease', name), crypto.randomUUID()]
      if ((await redis.client.set(key, token, 'PX', ms, 'NX')) !== 'OK') return undefined
      let heldUntil = Date.now() + ms
      const renew = async () => {
        const before = Date.now()
        if ((await extendScript([key], [token, ms])) === 1) heldUntil = before + ms
      }
      const timer = setInterval(() => void renew().catch(() => {}), ms / 4)
      return {
        isHeld: () => Date.now() < heldUntil,
        async release() {
          clearInterval(timer)
          await releaseScript([key], [token])
        },
      }
    },
  }
}
export type Leases = ReturnType<typeof leases>
