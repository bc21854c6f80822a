import { AppError } from '#shared/errors'

export interface HashCost {
  memoryCost: number
  timeCost: number
}
/** About 50 ms of one core. */
const usualCost: HashCost = { memoryCost: 32_768, timeCost: 2 }

const maxRunning = 2
/** About a second of work. Past that a request is refused at once instead of waiting longer than its client does. */
const maxWaiting = 40

/** argon2id. Each hash takes 32 MiB and a core, so only a few are computed at the same time. */
export const passwordHashes = (cost: HashCost = usualCost) => {
  let running = 0
  const waiting: (() => void)[] = []

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < maxRunning) running++
    else {
      if (waiting.length >= maxWaiting)
        throw new AppError('unavailable', 'too_many_logins', 'Too many passwords are being checked just now; try again shortly.', {
          retryAfter: 1,
        })
      // `running` stays as it is: the finished work passes its slot on.
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
  let decoy: Promise<string> | undefined

  return {
    hash: (password: string) => inTurn(() => hashNow(password)),
    /** Takes as long for an account that does not exist: the password is then compared with a decoy. */
    matches: (password: string, hash: string | null | undefined) =>
      inTurn(async () => {
        // Computed at the first comparison whether or not it is needed, so that its time reveals nothing.
        decoy ??= hashNow(crypto.randomUUID())
        const other = await decoy
        return (await Bun.password.verify(password.normalize('NFKC'), hash ?? other)) && typeof hash === 'string'
      }),
  }
}
export type PasswordHashes = ReturnType<typeof passwordHashes>
