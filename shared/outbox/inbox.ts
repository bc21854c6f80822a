import { AsyncLocalStorage } from 'node:async_hooks'
import type { Message, Publish } from '../event'

type Work<Trx, T> = (trx: Trx, publish: Publish) => Promise<T>

/** Does `work` in a transaction that records these messages. Undefined, and no effect, when one of them was recorded before. */
export type HandleOnce<Trx> = <T>(ids: string[], work: Work<Trx, T>) => Promise<{ value: T } | undefined>

interface Arrival<Trx, Needs> {
  id: string
  needs: Needs
  /** Does its work in a group's transaction. The function that it returns resolves the caller's promise, and is called after the commit. */
  handleInGroup(trx: Trx, publish: Publish): Promise<() => void>
  handleAlone(): Promise<void>
}

interface InboxOptions<Trx, Needs> {
  lanes?: number
  groupSize?: number
  /** Locks what all messages of a group need, before the first of them is handled. */
  lockAll?: ((trx: Trx, needs: readonly Needs[]) => Promise<unknown>) | undefined
}

/**
 * Handles each message once. Most of a small transaction's cost is its begin, its commit and its inbox row, so messages that arrive while a
 * transaction runs share the next one. If a group fails, each half is tried, down to single messages: no message fails because of another.
 */
export const createInbox = <Trx, Needs = void>(
  handleOnce: HandleOnce<Trx>,
  { lanes = 2, groupSize = 50, lockAll }: InboxOptions<Trx, Needs> = {},
) => {
  const arrivals: Arrival<Trx, Needs>[] = []
  let busyLanes = 0

  const handleGroup = async (group: Arrival<Trx, Needs>[]): Promise<void> => {
    const [first] = group
    if (group.length === 1) return first?.handleAlone()
    const ids = group.map(({ id }) => id)
    const needs = group.map(arrival => arrival.needs)
    const handleAll = async (trx: Trx, publish: Publish) => {
      await lockAll?.(trx, needs)
      const reports: (() => void)[] = []
      for (const arrival of group) reports.push(await arrival.handleInGroup(trx, publish))
      return reports
    }
    // An error is thrown again when its message is handled alone, and then reaches the caller of that message.
    const handled = await handleOnce(ids, handleAll).catch(() => undefined)
    if (handled) {
      for (const report of handled.value) report()
      return
    }
    const half = group.length >> 1
    await handleGroup(group.slice(0, half))
    await handleGroup(group.slice(half))
  }
  const startLanes = () => {
    while (busyLanes < lanes && arrivals.length > 0) {
      busyLanes++
      void handleGroup(arrivals.splice(0, groupSize)).finally(() => {
        busyLanes--
        startLanes()
      })
    }
  }

  return <T>({ id }: Pick<Message, 'id'>, work: Work<Trx, T>, needs: Needs): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      // The work of each message in a group keeps its own request id and trace.
      const inItsContext = AsyncLocalStorage.snapshot()
      arrivals.push({
        id,
        needs,
        handleInGroup: async (trx, publish) => {
          const value = await inItsContext(() => work(trx, publish))
          return () => resolve(value)
        },
        handleAlone: () =>
          inItsContext(() => handleOnce([id], work)).then(
            handled => resolve(handled?.value),
            error => reject(error),
          ),
      })
      startLanes()
    })
}
