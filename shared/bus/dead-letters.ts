import type { Channel, ConfirmChannel, GetMessage } from 'amqplib'
import { unavailable } from '../errors'
import { isMissing } from './amqp'
import { type DeadLetter, describe, idOf } from './dead-letter'
import { exclusively } from './dead-letter-lock'
import { queueLengths } from './queue-lengths'
import { deadLetterQueue } from './topology'

export type { DeadLetter } from './dead-letter'
export type Matches = (letter: DeadLetter) => boolean
export interface DeadLetterQueue {
  queue: string
  count: number
  /** The oldest dead letters. */
  items: DeadLetter[]
}

/** For operators. Seldom used, so each call opens its own connection, and a lock lets one call at a time run over all instances. */
export interface DeadLetters {
  /**
   * How many dead letters each queue has, by asking the broker only for the queues' lengths: no lock is taken and no message is read, so it
   * disturbs no operator. A queue that is gone is left out.
   */
  counts(): Promise<Map<string, number>>
  /**
   * The queues that have dead letters, or only `queue`; with `matches`, those that have one of these. `count` is of all in the queue. A queue that
   * is gone is left out.
   */
  list(options?: { queue?: string | undefined; limit?: number; matches?: Matches }): Promise<DeadLetterQueue[]>
  get(queue: string, id: string): Promise<(DeadLetter & { body: string }) | undefined>
  /** Puts the message back into its queue, with all of its attempts. False when there is no such message. */
  replay(queue: string, id: string): Promise<boolean>
  remove(queue: string, id: string): Promise<boolean>
  /**
   * Does the same to the oldest `limit` dead letters of a queue that match, of those that are there when it begins, for some seconds at most.
   * `left` are the others in the queue, and those that came meanwhile. Undefined when there is no such queue.
   */
  replayAll(queue: string, limit: number, matches?: Matches): Promise<BulkResult | undefined>
  removeAll(queue: string, limit: number, matches?: Matches): Promise<BulkResult | undefined>
}
export interface BulkResult {
  done: number
  left: number
}

interface Options {
  url: string
  prefix: string
  queues: readonly string[]
}

/** How many messages a search looks at. A message further back is found when those before it are gone. */
const searchLimit = 10_000
/** Less than the gateway waits for an answer. */
const bulkMs = 5000

export const createDeadLetters = ({ url, prefix, queues }: Options): DeadLetters => {
  const at = { url, prefix }

  const find = async (channel: Channel, queue: string, id: string): Promise<GetMessage | undefined> => {
    for (let looked = 0; looked < searchLimit; looked++) {
      const raw = await channel.get(prefix + deadLetterQueue(queue))
      if (!raw) return undefined
      if (idOf(raw) === id) return raw
    }
    return undefined
  }

  const replayTo = (queue: string) => async (channel: ConfirmChannel, raw: GetMessage) => {
    await republish(channel, prefix + queue, raw)
    channel.ack(raw)
  }
  const discard = async (channel: ConfirmChannel, raw: GetMessage) => channel.ack(raw)

  const withMessage = async (
    queue: string,
    id: string,
    act: (channel: ConfirmChannel, raw: GetMessage) => Promise<void>,
  ): Promise<boolean> => {
    if (!queues.includes(queue)) return false
    const found = exclusively(at, async channel => {
      const raw = await find(channel, queue, id)
      if (raw) await act(channel, raw)
      return raw !== undefined
    })
    return (await found.catch(unlessMissing)) ?? false
  }

  const withOldest = async (
    queue: string,
    limit: number,
    matches: Matches,
    act: (channel: ConfirmChannel, raw: GetMessage) => Promise<void>,
  ): Promise<BulkResult | undefined> => {
    if (!queues.includes(queue)) return undefined
    const result = exclusively(at, async (channel, lock) => {
      const letters = prefix + deadLetterQueue(queue)
      const until = Date.now() + bulkMs
      // A message that fails again after its replay comes back to the end of the queue: it is not taken twice.
      const most = Math.min(searchLimit, (await lock.checkQueue(letters)).messageCount)
      let done = 0
      let passed = 0
      while (done < limit && done + passed < most && Date.now() < until) {
        const raw = await channel.get(letters)
        if (!raw) break
        if (!matches(describe(queue, raw))) {
          passed++
          continue
        }
        try {
          await act(channel, raw)
        } catch (error) {
          if (done === 0) throw error
          channel.nack(raw)
          break
        }
        done++
      }
      return { done, left: passed + (await lock.checkQueue(letters)).messageCount }
    })
    return result.catch(unlessMissing)
  }

  const countIn = async (names: readonly string[]) => {
    const lengths = await queueLengths(
      url,
      names.map(queue => prefix + deadLetterQueue(queue)),
    )
    const counts = names.map(queue => [queue, lengths.get(prefix + deadLetterQueue(queue))?.ready] as const)
    return new Map(counts.flatMap(([queue, count]) => (count === undefined ? [] : [[queue, count] as const])))
  }

  return {
    counts: () => countIn(queues),

    list: ({ queue, limit = 20, matches } = {}) =>
      exclusively(at, async channel => {
        const until = Date.now() + bulkMs
        const lists: DeadLetterQueue[] = []
        for (const [name, count] of await countIn(queue === undefined ? queues : queues.filter(known => known === queue))) {
          const items: DeadLetter[] = []
          for (let looked = 0; items.length < limit && looked < Math.min(count, searchLimit) && Date.now() < until; looked++) {
            const raw = await channel.get(prefix + deadLetterQueue(name))
            if (!raw) break
            const letter = describe(name, raw)
            if (!matches || matches(letter)) items.push(letter)
          }
          if (items.length > 0 || (count > 0 && !matches)) lists.push({ queue: name, count, items })
        }
        return lists
      }),

    async get(queue, id) {
      let found: (DeadLetter & { body: string }) | undefined
      await withMessage(queue, id, async (_channel, raw) => {
        found = { ...describe(queue, raw), body: raw.content.toString() }
      })
      return found
    },

    replay: (queue, id) => withMessage(queue, id, replayTo(queue)),
    remove: (queue, id) => withMessage(queue, id, discard),
    replayAll: (queue, limit, matches = everyLetter) => withOldest(queue, limit, matches, replayTo(queue)),
    removeAll: (queue, limit, matches = everyLetter) => withOldest(queue, limit, matches, discard),
  }
}

const everyLetter: Matches = () => true

const unlessMissing = (error: unknown): undefined => {
  if (!isMissing(error)) throw error
}

const republish = (channel: ConfirmChannel, queue: string, raw: GetMessage) =>
  new Promise<void>((resolve, reject) => {
    const refused = (cause?: unknown) =>
      reject(unavailable('replay_refused', 'The broker did not accept the message; it stays among the dead letters.', cause))
    const { messageId, type, contentType, headers = {} } = raw.properties
    const kept = Object.entries(headers).filter(([name]) => name === 'traceparent' || name === 'x-exchange' || name === 'x-routing-key')
    channel.once('return', refused)
    channel.once('close', refused)
    const properties = { messageId, type, contentType, headers: Object.fromEntries(kept), persistent: true, mandatory: true }
    channel.publish('', queue, raw.content, properties, error => {
      channel.off('return', refused).off('close', refused)
      if (error) refused(error)
      else resolve()
    })
  })
