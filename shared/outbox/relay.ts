import { sleep, within } from '../deadline'
import type { OutboxStore, Publisher, StoredRow, StoreLog } from '../outbox'
import type { Notices } from '../redis'
import { minute, second } from '../time'
import { createHourlySweep } from './hourly-sweep'
import { createLease } from './lease'
import { createRounds } from './rounds'

export interface RelayPorts {
  bus: Publisher
  /** How the instances tell each other of new rows and of a released lease. Without it, the relay finds both when it polls. */
  siblings?: Notices
}
export interface RelayTimes {
  /** How often the outbox is read for rows that nobody handed over, as after a crash. */
  pollMs?: number
  /** Whether the process has nothing to do. The outbox is then read only as often as the lease has to be renewed. */
  isQuiet?: () => boolean
  leaseMs?: number
  /**
   * The shortest time from one round to the next: a round costs the broker about the same however many messages it has. A message that comes
   * after it has passed is published at once.
   */
  roundIntervalMs?: number
  /** How long `stop` continues to publish what is waiting. */
  drainMs?: number
  batch?: number
}
interface Options<Id extends string | number> extends RelayPorts, RelayTimes {
  store: OutboxStore<Id>
  log: StoreLog
}
export interface Relay<Id extends string | number> {
  /** To be called after a commit, with the rows that it added. */
  committed(rows: readonly StoredRow<Id>[]): void
  stop(): Promise<void>
  /** Whether this instance has the lease. */
  holding(): boolean
}

/** A store or a broker that never answers must not stop the relay for good. */
const withinAMinute = <T>(running: Promise<T>): Promise<T> =>
  within(minute, running, () => {
    throw new Error('the database or the broker did not answer within a minute')
  })

/**
 * Publishes the rows of the outbox in their order, and deletes those that the broker confirmed. A lease lets one instance at a time do so.
 * A message may be published twice (after a crash, or when a lease ran out), but none is lost: what is in memory is in the table, too, and any
 * doubt about what was published is resolved by reading the table.
 */
export const startRelay = <Id extends string | number>(options: Options<Id>): Relay<Id> => {
  const { store, bus, siblings, log, batch = 500 } = options
  const { pollMs = second, isQuiet = () => false, leaseMs = 5 * second, roundIntervalMs = 10, drainMs = 2 * second } = options
  const untilNextReadMs = () => (isQuiet() ? Math.max(pollMs, leaseMs * 0.8) : pollMs)
  const rounds = createRounds({ store, bus, log, batch, untilNextReadMs })
  const lease = createLease(store, leaseMs, log)
  const stopping = new AbortController()
  const sweep = createHourlySweep(store, stopping.signal, log)
  const notice = createNotice(siblings)
  let drainUntil = Number.POSITIVE_INFINITY
  let wakeUp = new AbortController()
  let failedRounds = 0
  let publishedAt = 0

  const run = async () => {
    while (Date.now() <= drainUntil) {
      wakeUp = new AbortController()
      try {
        await withinAMinute(rounds.deleteWhenDue())
        if (!(await withinAMinute(lease.renew()))) {
          rounds.requireRead()
          // The next holder would publish them again.
          await withinAMinute(rounds.deletePublished())
          if (stopping.signal.aborted) return
          await untilLeaseMayBeFree()
          continue
        }
        sweep.startWhenDue()
        const early = publishedAt + roundIntervalMs - Date.now()
        if (early > 0) await sleep(early, stopping.signal)
        const result = await withinAMinute(rounds.publishNext())
        if (result !== 'nothing waits') publishedAt = Date.now()
        if (result === 'nothing published') await backOff()
        else failedRounds = 0
        if (result !== 'nothing waits') continue
        if (stopping.signal.aborted) return
        await sleep(Math.max(0, rounds.dueAt() - Date.now()), wakeUp.signal)
      } catch (error) {
        rounds.requireRead()
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

  const running = run()
  const readAtOnce = () => {
    rounds.requireRead()
    wakeUp.abort()
  }
  const stopListening = siblings?.listen(readAtOnce)

  return {
    committed(rows) {
      if (rows.length === 0) return
      if (!lease.holding()) return notice.giveSoon()
      rounds.committed(rows)
      wakeUp.abort()
    },
    holding: lease.holding,
    async stop() {
      drainUntil = Date.now() + drainMs
      stopping.abort()
      readAtOnce()
      stopListening?.()
      const ended = running
        .then(rounds.deletePublished)
        .catch(error => log.warn({ err: error }, 'some messages will be published a second time'))
      // Bounded, so that a publication or a deletion that hangs does not hold up the shutdown.
      await within(drainMs + 500, Promise.all([ended, sweep.ended()]))
      notice.cancel()
      if (!lease.holding()) return
      await lease.release()
      siblings?.tell('')
    },
  }
}

/** Tells the siblings of new rows: once for a burst of commits. */
const createNotice = (siblings: Notices | undefined) => {
  let timer: Timer | undefined
  return {
    giveSoon() {
      timer ??= setTimeout(() => {
        timer = undefined
        siblings?.tell('')
      }, 5)
    },
    cancel: () => clearTimeout(timer),
  }
}
