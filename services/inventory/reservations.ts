import type { Message } from '#shared/event'
import type { Log } from '#shared/log'
import type { Arrival, Sql } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { second } from '#shared/time'
import { advanceOrders, type LockedOrder } from './advance-orders'
import { needsStock } from './allocations'
import type { InventoryDb, Trx } from './database'
import { addOrderFacts, isExpired, nextReservationStep, noOrderFacts, type OrderFacts, type ReservationState, stockSteps } from './domain'
import { insertReservations, lockReservation, lockReservations, type Reservation } from './reservation-repository'

/** What a message says about an order. */
interface Told {
  orderId: number
  facts: Partial<OrderFacts>
}

/** The buyer waits until the stock is reserved. */
const isUrgent = ({ facts }: Told) => facts.placed === true

/** Bounds the duration of one sweep; the next sweep takes the rest. */
const sweepLimit = 200

const factsAfter = (known: OrderFacts, arrivals: readonly Arrival<Told>[]) =>
  arrivals.reduce((facts, { item }) => addOrderFacts(facts, item.facts), known)

const isPlaced = (arrivals: readonly Arrival<Told>[]) => arrivals.some(({ item }) => item.facts.placed)

/**
 * Locks the reservations of the orders. An order that is placed is usually new, so its reservation is inserted as it most likely becomes, which
 * saves the update; the insert locks it.
 */
const lockOrders = async (trx: Trx, arrivalsOf: ReadonlyMap<number, readonly Arrival<Told>[]>): Promise<LockedOrder[]> => {
  const publishOf = (orderId: number) => arrivalsOf.get(orderId)?.at(-1)?.publish ?? (() => {})
  const placed = [...arrivalsOf].filter(([, arrivals]) => isPlaced(arrivals))
  const inserts = placed.map(([orderId, arrivals]) => {
    const facts = factsAfter(noOrderFacts, arrivals)
    const step = nextReservationStep('new', facts)
    const reservation: Reservation = { orderId, state: 'new', version: 0, createdAt: new Date(), facts, allocations: [] }
    const state: ReservationState = needsStock(step) ? stockSteps[step].to : 'released'
    return { reservation, stored: { ...reservation, state, version: 1 }, publish: publishOf(orderId) }
  })
  const areNew = await insertReservations(
    trx,
    inserts.map(({ stored }) => stored),
  )
  const inserted = areNew ? inserts : []
  const isInserted = new Set(inserted.map(({ reservation: { orderId } }) => orderId))
  const others = await lockReservations(
    trx,
    [...arrivalsOf.keys()].filter(id => !isInserted.has(id)),
  )
  const locked = others.map(stored => {
    const reservation = { ...stored, facts: factsAfter(stored.facts, arrivalsOf.get(stored.orderId) ?? []) }
    return { reservation, stored, publish: publishOf(stored.orderId) }
  })
  // Stock is allocated in the order of arrival.
  const byId = new Map([...inserted, ...locked].map(order => [order.reservation.orderId, order]))
  return [...arrivalsOf.keys()].flatMap(id => byId.get(id) ?? [])
}

interface Ports {
  sql: Sql<InventoryDb>
  log: Pick<Log, 'warn'>
  /** How long an order waits for a product that inventory does not know yet. */
  waitMs?: number | undefined
  /** How far apart groups of events begin. */
  groupIntervalMs?: number | undefined
}

export const reservations = ({ sql, log, waitMs = 30 * second, groupIntervalMs = 0 }: Ports) => {
  /** What a group says about one order is added before the order's next step: the same as if its events had come in another order. */
  const handle = sql.onceMany<Told>(
    async (trx, arrivals) => {
      const arrivalsOf = Map.groupBy(arrivals, ({ item }) => item.orderId)
      await advanceOrders(trx, await lockOrders(trx, arrivalsOf), waitMs)
    },
    { groupIntervalMs, isUrgent },
  )

  /**
   * Each reservation has its own transaction and lock. One that fails goes to the end of those that wait, and holds up no other. Returns
   * how many failed.
   */
  const sweep = async (
    name: string,
    rows: readonly { order_id: number }[],
    stillDue: (reservation: Reservation) => boolean,
    change: Pick<LockedOrder, 'expired'>,
  ): Promise<number> => {
    let failed = 0
    await eachIsolated(
      rows,
      ({ order_id }) =>
        sql
          .transaction(async (trx, publish) => {
            const reservation = await lockReservation(trx, order_id)
            if (stillDue(reservation)) await advanceOrders(trx, [{ reservation, stored: reservation, publish, ...change }], waitMs)
          })
          .catch(async error => {
            await sql.db.updateTable('reservations').set({ updated_at: new Date() }).where('order_id', '=', order_id).execute()
            throw error
          }),
      (error, { order_id }) => {
        failed++
        log.warn({ err: error, order_id }, `${name} failed for an order; the next sweep tries it again`)
      },
    )
    return failed
  }

  const inState = (state: ReservationState) => sql.db.selectFrom('reservations').select('order_id').where('state', '=', state)

  return {
    /** Adds an event's facts to what is known of the order and does the step that follows, once per message. */
    handle: (message: Message, orderId: number, facts: Partial<OrderFacts>) => handle(message, { orderId, facts }),

    /** Retries orders that wait for a product, the longest untried first. An order that has waited `waitMs` gets no stock. */
    async retryWaiting(limit = sweepLimit): Promise<void> {
      const waiting = await inState('waiting').orderBy('updated_at').limit(limit).execute()
      await sweep('retrying', waiting, ({ state }) => state === 'waiting', {})
    },

    /** Releases the stock of orders that were not paid in time. It goes past those that fail, however many they are. */
    async expire(now: Date, limit = sweepLimit): Promise<void> {
      const due = inState('reserved')
        .select('expires_at')
        .where('expires_at', '<=', now)
        .orderBy('expires_at')
        .orderBy('order_id')
        .limit(limit)
      let rows = await due.execute()
      while (rows.length > 0) {
        const failed = await sweep('expiring', rows, ({ state, facts }) => isExpired(state, facts, now), { expired: true })
        const last = rows.at(-1)
        if (failed === 0 || rows.length < limit || !last) return
        rows = await due
          .where(({ and, eb, or }) =>
            or([eb('expires_at', '>', last.expires_at), and([eb('expires_at', '=', last.expires_at), eb('order_id', '>', last.order_id)])]),
          )
          .execute()
      }
    },
  }
}
