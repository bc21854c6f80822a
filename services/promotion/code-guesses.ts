import { guesserOf } from '#shared/client-address'
import { isUnavailable, tooMany } from '#shared/errors'
import type { Redis } from '#shared/redis'
import { minute, second } from '#shared/time'
import countScript from './code-guesses.lua' with { type: 'text' }

const windowMs = 10 * minute

interface Ports {
  redis: Redis
  /** How many wrong codes a user or an address may try in ten minutes. */
  mostWrong: number
}

/**
 * Counts wrong codes by who tries them. A try counts before its code is looked up and is taken back if the code can be used, so that many
 * tries at the same moment are counted too. While Redis is down nothing is counted.
 */
export const codeGuesses = ({ redis, mostWrong }: Ports) => {
  const count = redis.script<[tries: number, leftMs: number]>(countScript)
  const keyOf = (guesser: string) => redis.key('wrong-codes', guesser)
  return {
    /** Refused with 429 after too many wrong codes. */
    async begin(guesser: string): Promise<{ takeBack(): Promise<unknown> }> {
      const key = keyOf(guesser)
      const [tries, leftMs] = await count([key], [windowMs]).catch((error): [number, number] => {
        if (isUnavailable(error)) return [0, 0]
        throw error
      })
      if (tries > mostWrong)
        throw tooMany('too_many_codes', 'Too many wrong codes; wait before you try another one.', Math.max(1, Math.ceil(leftMs / second)))
      return { takeBack: () => redis.client.decr(key).catch(() => {}) }
    },
    /** While Redis is down, what is to be forgotten stays until its ten minutes are over. */
    forget: (userId: number): Promise<unknown> => redis.client.del(keyOf(guesserOf({ id: userId }, {}))).catch(() => {}),
  }
}
export type CodeGuesses = ReturnType<typeof codeGuesses>
