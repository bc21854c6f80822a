import { type Context, currentContext, withContext } from '../context'
import { AppError, isUnavailable } from '../errors'
import type { Message, Publish } from '../event'

type Identified = Pick<Message, 'id'>

/** One message of a group. What it publishes has the request id and the trace of this message. */
export interface Arrival<Item, Received extends Identified = Message> {
  message: Received
  item: Item
  publish: Publish
}

/**
 * Records the messages and does `work` in one transaction. `fresh` has the ids that were not recorded before; if there are none, `work` is
 * not called.
 */
export type RecordOnce<Trx> = (
  ids: readonly string[],
  work: (trx: Trx, fresh: ReadonlySet<string>, publish: Publish) => Promise<void>,
) => Promise<void>

export interface GroupOptions {
  /** How long a message waits for others before a transaction starts. For handlers that nobody waits for. */
  gatherMs?: number
  lanes?: number
  groupSize?: number
}

interface Waiting<Item, Received> {
  message: Received
  item: Item
  context: Context
  resolve(): void
  reject(error: unknown): void
}

/**
 * Handles each message once. Messages that wait together are handled together, in one transaction. If that fails, each half is tried,
 * down to single messages: no message fails because of another. `closing` ends the waiting for company.
 */
export const createInbox = <Trx, Item, Received extends Identified = Message>(
  recordOnce: RecordOnce<Trx>,
  handleAll: (trx: Trx, arrivals: readonly Arrival<Item, Received>[]) => Promise<void>,
  { lanes = 2, groupSize = 64, gatherMs = 0, closing }: GroupOptions & { closing: AbortSignal },
) => {
  const waiting: Waiting<Item, Received>[] = []
  let busyLanes = 0
  let gathering: Timer | undefined

  const handleGroup = async (group: readonly Waiting<Item, Received>[]): Promise<void> => {
    const [first] = group
    if (!first) return
    const seen = new Set<string>()
    const distinct = group.filter(({ message: { id } }) => !seen.has(id) && seen.add(id))
    const recording = () =>
      recordOnce([...seen], (trx, fresh, publish) => {
        const arrivals = distinct
          .filter(({ message }) => fresh.has(message.id))
          .map(({ message, item, context }) => {
            const publishInItsContext: Publish = (...drafts) => withContext(context, () => publish(...drafts))
            return { message, item, publish: publishInItsContext }
          })
        return handleAll(trx, arrivals)
      })
    try {
      await withContext(first.context, recording)
      for (const one of group) one.resolve()
    } catch (error) {
      if (group.length === 1 || isUnreachable(error)) {
        for (const one of group) one.reject(error)
        return
      }
      const half = group.length >> 1
      await handleGroup(group.slice(0, half))
      await handleGroup(group.slice(half))
    }
  }
  const startLanes = () => {
    while (busyLanes < lanes && waiting.length > 0 && (!gathering || waiting.length >= groupSize)) {
      busyLanes++
      void handleGroup(waiting.splice(0, groupSize)).finally(() => {
        busyLanes--
        startLanes()
      })
    }
  }
  const endGathering = () => {
    clearTimeout(gathering)
    gathering = undefined
    startLanes()
  }
  closing.addEventListener('abort', endGathering, { once: true })

  return (message: Received, item: Item): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ message, item, context: currentContext(), resolve, reject })
      if (gatherMs > 0 && !closing.aborted) gathering ??= setTimeout(endGathering, gatherMs)
      startLanes()
    })
}

/** The store cannot be reached: no half of the group would fare better. */
const isUnreachable = (error: unknown) => isUnavailable(error) && !(error instanceof AppError)

/** Handlers that are not set-based: each message of a group is handled in its turn, after `lockAll` has locked what all of them need. */
export const createTurns = <Trx, Needs = void>(
  recordOnce: RecordOnce<Trx>,
  { lockAll, closing }: { lockAll?: (trx: Trx, needs: readonly Needs[]) => Promise<unknown>; closing: AbortSignal },
) => {
  interface Turn {
    needs: Needs
    take(trx: Trx, publish: Publish): Promise<void>
  }
  const handle = createInbox<Trx, Turn, Identified>(
    recordOnce,
    async (trx, arrivals) => {
      await lockAll?.(
        trx,
        arrivals.map(({ item }) => item.needs),
      )
      for (const { item, publish } of arrivals) await item.take(trx, publish)
    },
    { closing },
  )
  return async <T>(message: Identified, work: (trx: Trx, publish: Publish) => Promise<T>, needs: Needs): Promise<T | undefined> => {
    let value: T | undefined
    const take = async (trx: Trx, publish: Publish) => {
      value = await work(trx, publish)
    }
    await handle(message, { needs, take })
    return value
  }
}
