import { inventoryCommitFailed, inventoryCommitted, inventoryRejected, inventoryReleased, inventoryReserved } from '#shared/catalog'
import type { Message, Publish } from '#shared/event'
import type { Log } from '#shared/log'
import type { Sql } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { second } from '#shared/time'
import { allocations, type StepOutcome } from './allocations'
import type { InventoryDb, Trx } from './database'
import {
  type Allocation,
  addOrderFacts,
  isExpired,
  nextReservationStep,
  type OrderFacts,
  type OrderLine,
  type ReservationState,
} from './domain'
import { lockReservation, type Reservation, saveReservation } from './reservation-repository'
import type { StockInbox } from './stock-inbox'

const eventOf = {
  reserved: inventoryReserved,
  rejected: inventoryRejected,
  committed: inventoryCommitted,
  commit_failed: inventoryCommitFailed,
  expired: inventoryReleased,
  released: inventoryReleased,
}
const hasEvent = (state: ReservationState): state is keyof typeof eventOf => state in eventOf

/** The lines of a committed order: for each SKU, what comes from which warehouse. */
const linesFrom = (committed: readonly Allocation[], ordered: readonly OrderLine[]) => {
  const products = new Map(ordered.map(({ sku, product_id }) => [sku, product_id]))
  return [...products].flatMap(([sku, product_id]) =>
    committed.filter(allocation => allocation.sku === sku).map(({ warehouse, quantity }) => ({ product_id, sku, quantity, warehouse })),
  )
}

/** Bounds the duration of one sweep; the next sweep takes the rest. */
const sweepLimit = 200

interface Ports {
  sql: Sql<InventoryDb>
  handleOnce: StockInbox
  log: Pick<Log, 'warn'>
  /** How long an order waits for a product that inventory does not know yet. */
  waitMs?: number | undefined
}

export const reservations = ({ sql, handleOnce, log, waitMs = 30 * second }: Ports) => {
  const steps = allocations({ waitMs })

  const enter = async (trx: Trx, before: Reservation, { state, reason, committed }: StepOutcome, publish: Publish, quiet = false) => {
    const version = state === before.state ? before.version : before.version + 1
    await saveReservation(trx, { ...before, state, version })
    if (quiet || state === before.state || !hasEvent(state)) return
    const { orderId, facts } = before
    publish(
      eventOf[state](
        { id: orderId, version },
        {
          order_id: orderId,
          lines: committed ? linesFrom(committed, facts.lines) : [...facts.lines],
          ...(state === 'reserved' && facts.expiry && { expires_at: facts.expiry.at.toISOString() }),
          ...(reason && { reason }),
        },
      ),
    )
  }

  const advance = async (trx: Trx, reservation: Reservation, publish: Publish) => {
    const step = nextReservationStep(reservation.state, reservation.facts)
    // `close` ends an order that held no stock, so there is nothing to announce as released.
    await enter(trx, reservation, await steps[step](trx, reservation, publish), publish, step === 'close')
  }

  /**
   * Each reservation has its own transaction and lock. One that fails goes to the end of those that wait, and holds up no other. Returns
   * how many failed.
   */
  const sweep = async (
    name: string,
    rows: readonly { order_id: number }[],
    work: (trx: Trx, reservation: Reservation, publish: Publish) => Promise<void>,
  ): Promise<number> => {
    let failed = 0
    await eachIsolated(
      rows,
      ({ order_id }) =>
        sql
          .transaction(async (trx, publish) => work(trx, await lockReservation(trx, order_id), publish))
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
    handle: (message: Message, orderId: number, facts: Partial<OrderFacts>) =>
      handleOnce(
        message,
        async (trx, publish) => {
          const known = await lockReservation(trx, orderId, { likelyNew: facts.placed === true })
          await advance(trx, { ...known, facts: addOrderFacts(known.facts, facts) }, publish)
        },
        { orderId, ...(facts.lines && { skus: facts.lines.map(({ sku }) => sku) }) },
      ),

    /** Retries orders that wait for a product, the longest untried first. An order that has waited `waitMs` gets no stock. */
    async retryWaiting(limit = sweepLimit): Promise<void> {
      const waiting = await inState('waiting').orderBy('updated_at').limit(limit).execute()
      await sweep('retrying', waiting, async (trx, reservation, publish) => {
        if (reservation.state === 'waiting') await advance(trx, reservation, publish)
      })
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
        const failed = await sweep('expiring', rows, async (trx, reservation, publish) => {
          if (!isExpired(reservation.state, reservation.facts, now)) return
          await steps.release(trx, reservation, publish)
          await enter(trx, reservation, { state: 'expired', reason: 'expired' }, publish)
        })
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
