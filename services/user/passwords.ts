import { AppError } from '#shared/errors'

export interface HashCost {
  memoryCost: number
  timeCost: number
}
/** About 50 ms of one core. */
const usualCost: HashCost = { memoryCost: 32_768, timeCost: 2 }

const atOnce = 2
/** About a second's worth: who comes later is told to, instead of waiting for longer than a client does. */
const mayWait = 40

/** argon2id, a bounded number at once: each hash takes 32 MiB and a core. */
export const createPasswords = (cost: HashCost = usualCost) => {
  let running = 0
  const waiting: (() => void)[] = []

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnce) running++
    else {
      if (waiting.length >= mayWait)
        throw new AppError('unavailable', 'too_many_logins', 'Too many passwords are being checked just now; try again shortly.', {
          retryAfter: 1,
        })
      // The one that ends hands its place on.
      await new Promise<void>(resolve => waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
  const hashNow = (password: string) => Bun.password.hash(password.normalize('NFKC'), { algorithm: 'argon2id', ...cost })
  let nobodys: Promise<string> | undefined

  return {
    hash: (password: string) => inTurn(() => hashNow(password)),
    /** Takes as long for somebody who doesn't exist. */
    matches: (password: string, hash: string | null | undefined) =>
      inTurn(async () => {
        // Made at the first comparison of all, whosever it is: a start stays quick, and the wait tells nothing.
        nobodys ??= hashNow(crypto.randomUUID())
        const dummy = await nobodys
        return (await Bun.password.verify(password.normalize('NFKC'), hash ?? dummy)) && typeof hash === 'string'
      }),
  }
}
export type Passwords = ReturnType<typeof createPasswords>
