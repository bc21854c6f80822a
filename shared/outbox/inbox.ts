import { AsyncLocalStorage } from 'node:async_hooks'
import type { Message, Publish } from '../event'

type Work<Trx, T> = (trx: Trx, publish: Publish) => Promise<T>

/** Does `work` in a transaction that records these messages; undefined, and nothing done, when one of them was recorded before. */
export type TakeIn<Trx> = <T>(ids: string[], work: Work<Trx, T>) => Promise<{ value: T } | undefined>

interface Arrival<Trx, Needs> {
  id: string
  needs: Needs
  /** Within the transaction of a group. What it gives tells the caller, once that has committed. */
  start(trx: Trx, publish: Publish): Promise<() => void>
  alone(): Promise<void>
}

interface InboxOptions<Trx, Needs> {
  lanes?: number
  groupSize?: number
  /** Locks what all messages of a group need, before the first of them is handled. */
  lockAll?: ((trx: Trx, needs: readonly Needs[]) => Promise<unknown>) | undefined
}

/**
 * Takes messages in, each once. Those that arrive while a transaction runs share the next one, since most of a small transaction's cost is
 * its begin, its commit and its inbox row. Where one of a group fails, halves are tried until it stands alone: no message suffers by its siblings.
 */
export const createInbox = <Trx, Needs = void>(
  takeIn: TakeIn<Trx>,
  { lanes = 2, groupSize = 50, lockAll }: InboxOptions<Trx, Needs> = {},
) => {
  const arrivals: Arrival<Trx, Needs>[] = []
  let busy = 0

  const take = async (group: Arrival<Trx, Needs>[]): Promise<void> => {
    const [first] = group
    if (group.length === 1) return first?.alone()
    const tellAll = async (trx: Trx, publish: Publish) => {
      await lockAll?.(
        trx,
        group.map(({ needs }) => needs),
      )
      const tell: (() => void)[] = []
      for (const arrival of group) tell.push(await arrival.start(trx, publish))
      return tell
    }
    const ids = group.map(arrival => arrival.id)
    // Whatever went wrong goes wrong again for the one that it is about, and is told to its caller.
    const taken = await takeIn(ids, tellAll).catch(() => undefined)
    if (taken) for (const tell of taken.value) tell()
    else {
      const half = group.length >> 1
      await take(group.slice(0, half))
      await take(group.slice(half))
    }
  }
  const pump = () => {
    while (busy < lanes && arrivals.length > 0) {
      busy++
      void take(arrivals.splice(0, groupSize)).finally(() => {
        busy--
        pump()
      })
    }
  }

  return <T>({ id }: Pick<Message, 'id'>, work: Work<Trx, T>, needs: Needs): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      // Each message's work keeps the request id and the trace that came with it.
      const inItsContext = AsyncLocalStorage.snapshot()
      arrivals.push({
        id,
        needs,
        start: async (trx, publish) => {
          const value = await inItsContext(() => work(trx, publish))
          return () => resolve(value)
        },
        alone: () =>
          inItsContext(() => takeIn([id], work)).then(
            taken => resolve(taken?.value),
            error => reject(error),
          ),
      })
      pump()
    })
}
