import { type Context, currentContext, withContext } from '../context'
import type { Message, Publish } from '../event'
import { createGroups, type GroupOptions } from './groups'

/** One message of a group. What it publishes has the request id and the trace of this message. */
export interface Arrival<Item> {
  message: Message
  item: Item
  publish: Publish
}

export type Work<Trx, T> = (trx: Trx, publish: Publish) => Promise<T>

/** How a store handles messages. Its transactions are those of `transaction`. */
export interface MessageHandling<Trx> {
  /**
   * Makes a handler that handles each message once. `handleAll` gets a group of the messages that wait (64 at most, unless `groupSize` says
   * otherwise), in the order of arrival and in one transaction that also records their ids. It is repeated after a conflict, without the
   * messages that turn out to be recorded already, and with fewer messages when it fails, so it must have no effect except through `trx`. Two
   * groups may be under way at once, so it should lock the rows of all its messages at once, in one order.
   * Groups begin `groupIntervalMs` after one another, except for a message that `isUrgent`.
   */
  onceMany<Item>(
    handleAll: (trx: Trx, arrivals: readonly Arrival<Item>[]) => Promise<void>,
    options?: GroupOptions<Item>,
  ): (message: Message, item: Item) => Promise<void>
  /**
   * `onceMany` for what has the same effect however often it is repeated: nothing is recorded, no transaction is begun, and a message may
   * be in a group twice.
   */
  many<Item>(handleAll: (items: readonly Item[]) => Promise<void>, options?: GroupOptions<Item>): (item: Item) => Promise<void>
  /**
   * A transaction that also records the message: however often it is delivered, `work` takes effect once; undefined when it had before. For
   * what happens rarely, since each message costs a transaction.
   */
  once<T>(message: Pick<Message, 'id'>, work: Work<Trx, T>): Promise<T | undefined>
  /** From now on no message waits for others: the service stops. */
  beginStopping(): void
}

/**
 * Records the messages and does `work` in one transaction. `fresh` has the ids that were not recorded before. Returns whether there were any:
 * if not, nothing has happened, though `work` may have been called in a transaction that was rolled back.
 */
export type RecordOnce<Trx> = (
  ids: readonly string[],
  work: (trx: Trx, fresh: ReadonlySet<string>, publish: Publish) => Promise<void>,
) => Promise<boolean>

export const messageHandling = <Trx>(recordOnce: RecordOnce<Trx>): MessageHandling<Trx> => {
  const stopping = new AbortController()
  return {
    onceMany: (handleAll, options) => createInbox(recordOnce, handleAll, { ...options, stopping: stopping.signal }),
    many: (handleAll, options) => createGroups(handleAll, { ...options, stopping: stopping.signal }),
    async once<T>({ id }: Pick<Message, 'id'>, work: Work<Trx, T>) {
      let value: T | undefined
      const isFresh = await recordOnce([id], async (trx, _, publish) => {
        value = await work(trx, publish)
      })
      return isFresh ? value : undefined
    },
    beginStopping: () => stopping.abort(),
  }
}

/** Handles each message once. Messages that wait together are handled together, in one transaction. */
const createInbox = <Trx, Item>(
  recordOnce: RecordOnce<Trx>,
  handleAll: (trx: Trx, arrivals: readonly Arrival<Item>[]) => Promise<void>,
  { isUrgent, ...options }: GroupOptions<Item> & { stopping: AbortSignal },
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
