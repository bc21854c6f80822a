import { type Context, currentContext, withContext } from '../context'
import type { Message, Publish } from '../event'
import { createGroups, type GroupOptions } from './groups'

/** One message of a group. What it publishes has the request id and the trace of this message. */
export interface Arrival<Item> {
  message: Message
  item: Item
  publish: Publish
}

/**
 * Records the messages and does `work` in one transaction. `fresh` has the ids that were not recorded before. Returns whether there were any:
 * if not, nothing has happened, though `work` may have been called in a transaction that was rolled back.
 */
export type RecordOnce<Trx> = (
  ids: readonly string[],
  work: (trx: Trx, fresh: ReadonlySet<string>, publish: Publish) => Promise<void>,
) => Promise<boolean>

/** Handles each message once. Messages that wait together are handled together, in one transaction. */
export const createInbox = <Trx, Item>(
  recordOnce: RecordOnce<Trx>,
  handleAll: (trx: Trx, arrivals: readonly Arrival<Item>[]) => Promise<void>,
  { isUrgent, ...options }: GroupOptions<Item> & { closing: AbortSignal },
) => {
  const handleGroup = async (group: readonly { message: Message; item: Item; context: Context }[]) => {
    const ids = new Set<string>()
    const distinct = group.filter(({ message: { id } }) => !ids.has(id) && ids.add(id))
    await recordOnce([...ids], (trx, fresh, publish) => {
      const arrivals = distinct
        .filter(({ message }) => fresh.has(message.id))
        .map(({ message, item, context }) => {
          const publishInItsContext: Publish = (...drafts) => withContext(context, () => publish(...drafts))
          return { message, item, publish: publishInItsContext }
        })
      return handleAll(trx, arrivals)
    })
  }
  const handle = createGroups(handleGroup, { ...options, ...(isUrgent && { isUrgent: ({ item }: { item: Item }) => isUrgent(item) }) })
  return (message: Message, item: Item): Promise<void> => handle({ message, item, context: currentContext() })
}
