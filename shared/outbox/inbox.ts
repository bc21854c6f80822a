import { type Context, currentContext, withContext } from '../context'
import type { Message, Publish } from '../event'
import { createGroups, type GroupOptions } from './groups'

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

/** Handles each message once. Messages that wait together are handled together, in one transaction. */
export const createInbox = <Trx, Item, Received extends Identified = Message>(
  recordOnce: RecordOnce<Trx>,
  handleAll: (trx: Trx, arrivals: readonly Arrival<Item, Received>[]) => Promise<void>,
  options: GroupOptions & { closing: AbortSignal },
) => {
  const handleGroup = (group: readonly { message: Received; item: Item; context: Context }[]) => {
    const ids = new Set<string>()
    const distinct = group.filter(({ message: { id } }) => !ids.has(id) && ids.add(id))
    return recordOnce([...ids], (trx, fresh, publish) => {
      const arrivals = distinct
        .filter(({ message }) => fresh.has(message.id))
        .map(({ message, item, context }) => {
          const publishInItsContext: Publish = (...drafts) => withContext(context, () => publish(...drafts))
          return { message, item, publish: publishInItsContext }
        })
      return handleAll(trx, arrivals)
    })
  }
  const handle = createGroups(handleGroup, options)
  return (message: Received, item: Item): Promise<void> => handle({ message, item, context: currentContext() })
}

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
