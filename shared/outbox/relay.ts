import type { Topology } from '../event'
import type { OutboxRow, OutboxStore, OutgoingMessage, Publisher, Siblings, StoreLog } from '../outbox'

export interface RelayPorts {
  bus: Publisher
  /** The catalog: an event without consumers is done when nothing takes it; any other waits for its queue. */
  topology: Topology
  siblings?: Siblings
  onRelayed?: (count: number) => void
}
export interface RelayTimes {
  /** The net under what wakes it. */
  pollMs?: number
  leaseMs?: number
  /** Longest stay of `stop` for what is waiting. */
  drainMs?: number
  batch?: number
}
export interface RelayOptions<Id extends string | number> extends RelayPorts, RelayTimes {
  store: OutboxStore<Id>
  log: StoreLog
}
export interface Relay {
  /** Something was committed. */
  wake(): void
  stop(): Promise<void>
  holding(): boolean
}

type Row<Id> = OutboxRow & { id: Id }

/** A driver that never answers must not end the relaying for good. */
const answered = <T>(running: Promise<T>): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the database or the broker did not answer within 60 s')), 60_000)
  return Promise.race([running, late]).finally(() => clearTimeout(timer))
}

const hour = 3_600_000
const maxSuspects = 1000

const outgoing = (row: OutboxRow): OutgoingMessage => ({
  exchange: row.exchange,
  routingKey: row.routing_key,
  body: row.body,
  messageId: row.message_id,
  type: row.type,
  headers: { traceparent: row.traceparent },
  ...(row.due_at && { expirationMs: Math.max(0, row.due_at.getTime() - Date.now()) }),
})

/**
 * Publishes what transactions left in the outbox, in their order, and deletes what the broker has confirmed.
 * One instance a database works at a time, by a lease. It may publish a message twice (a crash, a lease that ran out), never not at all.
 */
export const startRelay = <Id extends string | number>(options: RelayOptions<Id>): Relay => {
  const { store, bus, topology, siblings, onRelayed, log, pollMs = 1000, leaseMs = 5000, drainMs = 2000, batch = 500 } = options
  const holder = crypto.randomUUID()
  const unheard = new Set(topology.flatMap(event => (event.kind === 'event' && event.to.length === 0 ? [event.type] : [])))
  /** Rows that the broker refused while it took others: they rest for a growing time, so that the others pass. */
  const suspects = new Map<Id, { failures: number; alone: boolean; retryAt: number }>()
  let leasedUntil = 0
  let holding = false
  let stopping = false
  let vain = 0
  let nextSweep = Date.now() + Math.random() * hour

  let woken = false
  let interrupt: (() => void) | undefined
  const pause = async (ms: number, wakeable: boolean) => {
    if (stopping || (wakeable && woken)) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms)
      interrupt = () => {
        if (!wakeable && !stopping) return
        clearTimeout(timer)
        resolve()
      }
    })
    interrupt = undefined
  }
  const rouse = () => {
    woken = true
    interrupt?.()
  }

  const lease = async () => {
    // Counted from before the asking, so that it never ends later here than in the database.
    const now = Date.now()
    if (holding && now < leasedUntil - (leaseMs * 2) / 3) return true
    const had = holding
    holding = await store.lease(holder, leaseMs)
    leasedUntil = now + leaseMs
    if (had && !holding) log.warn({ holder }, 'the outbox lease was lost')
    return holding
  }

  const suspect = (id: Id, patience: number, alone = false) => {
    const failures = (suspects.get(id)?.failures ?? 0) + 1
    const rest = failures < patience ? 0 : Math.min(60_000, 500 * 2 ** (failures - patience))
    suspects.delete(id)
    suspects.set(id, { failures, alone, retryAt: Date.now() + rest })
    const [first] = suspects.keys()
    if (suspects.size > maxSuspects && first !== undefined) suspects.delete(first)
  }

  /** Publishes a group and says how many of it the broker took. */
  const publishGroup = async (rows: Row<Id>[], patience: number): Promise<number> => {
    const outcomes = await bus.publish(rows.map(outgoing))
    const done = rows.filter((row, i) => outcomes[i] === 'confirmed' || (outcomes[i] === 'unroutable' && unheard.has(row.type)))
    if (done.length > 0) await store.remove(done.map(row => row.id))
    const anyTaken = outcomes.some(outcome => outcome !== 'failed')
    rows.forEach((row, i) => {
      if (outcomes[i] === 'unroutable' && !unheard.has(row.type)) {
        if (!suspects.has(row.id))
          log.error({ type: row.type, message_id: row.message_id }, 'no queue takes this message: it stays in the outbox')
        suspect(row.id, 1)
      } else if (outcomes[i] === 'failed') {
        if (anyTaken) suspect(row.id, patience)
      } else if (suspects.size > 0) suspects.delete(row.id)
    })
    if (done.length > 0) onRelayed?.(done.length)
    return outcomes.length - outcomes.filter(outcome => outcome === 'failed').length
  }

  const brokerAnswers = async (withinMs: number): Promise<boolean> => {
    const until = Date.now() + withinMs
    for (;;) {
      const answers = await bus.ping().then(
        () => true,
        () => false,
      )
      if (answers || stopping || Date.now() > until) return answers
      await pause(50, false)
    }
  }

  /** One by one, since a message that makes the broker close the channel takes its siblings down with it. */
  const findCulprits = async (rows: Row<Id>[]): Promise<number> => {
    let taken = 0
    for (const row of rows) {
      let out = false
      for (let tries = 0; tries < 2 && !out; tries++) {
        // A broker that is away is no fault of the message. Its siblings wait too, or they would overtake it.
        if (!(await brokerAnswers(2000))) return taken
        out = (await publishGroup([row], 1)) > 0
      }
      if (out) taken++
      else {
        log.error({ type: row.type, message_id: row.message_id }, 'the broker refuses this message: it stays in the outbox')
        suspect(row.id, 1, true)
      }
    }
    return taken
  }

  /** How many rows were read and how many of them the broker took. */
  const round = async (): Promise<{ read: number; taken: number }> => {
    const now = Date.now()
    const resting = suspects.size === 0 ? [] : [...suspects].filter(([, { retryAt }]) => retryAt > now).map(([id]) => id)
    const rows = await store.unsent(batch, resting)
    if (rows.length === 0) return { read: 0, taken: 0 }
    // Five rounds in vain: the broker is away, or one message brings all down.
    if (vain % 5 === 4 && (await brokerAnswers(0))) return { read: rows.length, taken: await findCulprits(rows.slice(0, 20)) }
    const culprits = suspects.size === 0 ? [] : rows.filter(row => suspects.get(row.id)?.alone)
    const others = culprits.length === 0 ? rows : rows.filter(row => !culprits.includes(row))
    let taken = others.length > 0 ? await publishGroup(others, 3) : 0
    for (const row of culprits) {
      const out = await publishGroup([row], 1)
      if (out === 0) suspect(row.id, 1, true)
      taken += out
    }
    return { read: rows.length, taken }
  }

  const sweepWhenDue = () => {
    if (Date.now() < nextSweep) return
    nextSweep = Date.now() + hour
    store.sweep().catch(error => log.warn({ err: error }, 'what is past its retention could not be deleted'))
  }

  const work = async () => {
    let drainUntil = Infinity
    for (;;) {
      if (stopping && drainUntil === Infinity) drainUntil = Date.now() + drainMs
      if (Date.now() > drainUntil) return
      woken = false
      try {
        if (!(await answered(lease()))) {
          if (stopping) return
          // Every commit of the others may wake it: however many there are, the lease is asked for twenty times a second at most.
          await pause(Math.min(50, pollMs), false)
          await pause(pollMs, true)
          continue
        }
        sweepWhenDue()
        const { read, taken } = await answered(round())
        if (read === 0) {
          if (stopping) return
          await pause(pollMs, true)
          continue
        }
        if (taken > 0) vain = 0
        else await backOff()
      } catch (error) {
        if (vain === 0) log.warn({ err: error }, 'the outbox could not be relayed: trying on')
        await backOff()
      }
    }
  }
  const backOff = async () => {
    if (stopping) return void (await Bun.sleep(50))
    await pause(Math.min(1000, 50 * 2 ** Math.min(vain, 5)), false)
    vain++
  }

  const ended = work()
  const endListening = siblings?.onNotified(rouse)
  let telling: ReturnType<typeof setTimeout> | undefined

  return {
    wake() {
      if (holding) return rouse()
      // A burst of commits is told once.
      telling ??= setTimeout(() => {
        telling = undefined
        siblings?.notify()
      }, 5)
    },
    holding: () => holding,
    async stop() {
      stopping = true
      endListening?.()
      interrupt?.()
      // A publish that hangs must not hold up the shutdown.
      await Promise.race([ended, Bun.sleep(drainMs + 500)])
      clearTimeout(telling)
      if (!holding) return
      holding = false
      await store.release(holder).catch(error => log.warn({ err: error }, 'the outbox lease runs out by itself'))
      siblings?.notify()
    },
  }
}
