import { sleep, within } from '../deadline'
import type { Topology } from '../event'
import type { OutboxRow, OutboxStore, Outcome, OutgoingMessage, Publisher, Siblings, StoreLog } from '../outbox'
import { hour, minute, second } from '../time'
import { createLease } from './lease'
import { createResting } from './resting'

export interface RelayPorts {
  bus: Publisher
  /** The catalog: only an event that it gives no consumers may be deleted without reaching a queue. */
  topology: Topology
  siblings?: Siblings
}
export interface RelayTimes {
  /** How often the outbox is read when nothing wakes the relay. */
  pollMs?: number
  leaseMs?: number
  /** How long `stop` continues to publish what is waiting. */
  drainMs?: number
  batch?: number
}
export interface RelayOptions<Id extends string | number> extends RelayPorts, RelayTimes {
  store: OutboxStore<Id>
  log: StoreLog
}
export interface Relay {
  /** To be called after a commit that added rows. */
  wake(): void
  stop(): Promise<void>
  /** Whether this instance has the lease. */
  holding(): boolean
}

/** A store or a broker that never answers must not stop the relay for good. */
const answerWithinMs = minute
const answered = <T>(running: Promise<T>): Promise<T> =>
  within(answerWithinMs, running, () => {
    throw new Error(`the database or the broker did not answer within ${answerWithinMs} ms`)
  })

const sweepEveryMs = hour

export const outgoingMessage = (row: OutboxRow): OutgoingMessage => ({
  exchange: row.exchange,
  routingKey: row.routing_key,
  body: row.body,
  messageId: row.message_id,
  type: row.type,
  headers: { traceparent: row.traceparent },
  ...(row.due_at && { expirationMs: Math.max(0, row.due_at.getTime() - Date.now()) }),
})

/**
 * Publishes the rows of the outbox in their order, and deletes those that the broker confirmed. A lease lets one instance at a time do so.
 * A message may be published twice (after a crash, or when a lease ran out), but none is lost.
 */
export const startRelay = <Id extends string | number>(options: RelayOptions<Id>): Relay => {
  const { store, bus, topology, siblings, log, pollMs = second, leaseMs = 5 * second, drainMs = 2 * second, batch = 500 } = options
  const withoutConsumers = new Set(topology.flatMap(event => (event.kind === 'event' && event.to.length === 0 ? [event.type] : [])))
  const resting = createResting<Id>(log)
  const lease = createLease(store, leaseMs, log)
  const stopping = new AbortController()
  let drainUntil = Number.POSITIVE_INFINITY
  let wakeUp = new AbortController()
  let failedRounds = 0

  const publishOldest = async (): Promise<'nothing waits' | 'next' | 'nothing published'> => {
    const { ids, types } = resting.now()
    const rows = await store.unsent(batch, ids, types)
    if (rows.length === 0) return 'nothing waits'
    const outcomes = await bus.publish(rows.map(outgoingMessage))
    const withOutcome = (outcome: Outcome) => rows.filter((_, i) => outcomes[i] === outcome)
    const returned = withOutcome('unroutable')
    const done = [...withOutcome('confirmed'), ...returned.filter(({ type }) => withoutConsumers.has(type))]
    if (done.length > 0) await store.remove(done.map(({ id }) => id))
    resting.taken(done)
    let otherRowsAreNext = resting.unroutable(returned.filter(({ type }) => !withoutConsumers.has(type)))
    const refused = withOutcome('refused')
    // Fewer leave room for the rows behind them, and are simply sent again.
    if (refused.length * 2 > batch) {
      resting.refused(refused)
      otherRowsAreNext = true
    }
    return done.length > 0 || otherRowsAreNext ? 'next' : 'nothing published'
  }

  const run = async () => {
    while (Date.now() <= drainUntil) {
      wakeUp = new AbortController()
      try {
        if (!(await answered(lease.renew()))) {
          if (stopping.signal.aborted) return
          await untilLeaseMayBeFree()
          continue
        }
        sweepWhenDue()
        const result = await answered(publishOldest())
        if (result === 'nothing published') await backOff()
        else failedRounds = 0
        if (result !== 'nothing waits') continue
        if (stopping.signal.aborted) return
        await sleep(pollMs, wakeUp.signal)
      } catch (error) {
        if (failedRounds === 0) log.warn({ err: error }, 'the outbox could not be relayed; it is tried again')
        await backOff()
      }
    }
  }

  const untilLeaseMayBeFree = async () => {
    // Every commit of another instance may wake this one: it asks for the lease twenty times a second at most.
    await sleep(Math.min(50, pollMs), stopping.signal)
    await sleep(pollMs, wakeUp.signal)
  }

  const backOff = async () => {
    if (stopping.signal.aborted) return Bun.sleep(50)
    await sleep(Math.min(second, 50 * 2 ** Math.min(failedRounds, 5)), stopping.signal)
    failedRounds++
  }

  let nextSweep = Date.now() + Math.random() * sweepEveryMs
  let sweeping: Promise<void> | undefined
  const sweepWhenDue = () => {
    if (sweeping || Date.now() < nextSweep) return
    nextSweep = Date.now() + sweepEveryMs
    sweeping = store
      .sweep(stopping.signal)
      .catch(error => log.warn({ err: error }, 'rows past their retention could not be deleted; it is tried again in an hour'))
      .finally(() => {
        sweeping = undefined
      })
  }

  const running = run()
  const stopListening = siblings?.onNotified(() => wakeUp.abort())
  let notifyTimer: ReturnType<typeof setTimeout> | undefined

  return {
    wake() {
      if (lease.holding()) return wakeUp.abort()
      // One notification for a burst of commits.
      notifyTimer ??= setTimeout(() => {
        notifyTimer = undefined
        siblings?.notify()
      }, 5)
    },
    holding: lease.holding,
    async stop() {
      drainUntil = Date.now() + drainMs
      stopping.abort()
      wakeUp.abort()
      stopListening?.()
      // Bounded, so that a publication or a deletion that hangs does not hold up the shutdown.
      await within(drainMs + 500, Promise.all([running, sweeping]))
      clearTimeout(notifyTimer)
      if (!lease.holding()) return
      await lease.release()
      siblings?.notify()
    },
  }
}
