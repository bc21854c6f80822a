import type { Logger } from 'pino'
import { second } from './time'

const expired = Symbol('the deadline passed')

/** The result of `work` within `ms`; after that undefined, or what `onLate` returns or throws. The work itself is not stopped. */
export function within<T>(ms: number, work: Promise<T>): Promise<T | undefined>
export function within<T, Late>(ms: number, work: Promise<T>, onLate: () => Late): Promise<T | Late>
export async function within<T>(ms: number, work: Promise<T>, onLate = (): unknown => undefined) {
  const { promise: late, resolve } = Promise.withResolvers<typeof expired>()
  const timer = setTimeout(resolve, ms, expired)
  const first = await Promise.race([work, late]).finally(() => clearTimeout(timer))
  return first === expired ? onLate() : first
}

/** Sleeps for `ms`, or until `signal` is aborted. Unlike a race against a promise that outlives it, it leaves nothing behind. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })

interface Wait {
  /** The name of the server, for a log line. */
  what: string
  ms: number
  log: Pick<Logger, 'warn'>
  /** Which errors are worth another attempt; by default all of them. */
  retryable?: (error: unknown) => boolean
}

/** Repeats `attempt` until it succeeds, for at most `ms`, since a server may be starting at the same time as the service. */
export const untilAvailable = async <T>(attempt: () => Promise<T>, { what, ms, log, retryable = () => true }: Wait): Promise<T> => {
  const deadline = Date.now() + ms
  for (let failures = 0; ; failures++) {
    try {
      return await attempt()
    } catch (error) {
      if (!retryable(error) || Date.now() > deadline) throw error
      if (failures === 0) log.warn({ err: error }, `${what} does not answer yet: waiting for it`)
    }
    await Bun.sleep(Math.min(second, 50 * 2 ** failures))
  }
}
