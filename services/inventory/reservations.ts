import { inventoryCommitFailed, inventoryCommitted, inventoryRejected, inventoryReleased, inventoryReserved } from '#shared/catalog'
import type { Message, Publish } from '#shared/event'
import type { Sql } from '#shared/sql'
import type { InventoryDb } from './database'
import { learn, type News, nextStep, type ReservationState } from './domain'
import { type Outcome, reservationSteps } from './reservation-steps'
import { lockReservation, type Reservation, saveReservation } from './reservation-store'
import type { Trx } from './shelves'

const eventOf = {
  reserved: inventoryReserved,
  rejected: inventoryRejected,
  committed: inventoryCommitted,
  commit_failed: inventoryCommitFailed,
  expired: inventoryReleased,
  released: inventoryReleased,
}
const isTold = (state: ReservationState): state is keyof typeof eventOf => state in eventOf

/** One sweep's share, so that it is soon done. */
const sweepLimit = 200

export const reservations = (sql: Sql<InventoryDb>, { waitMs = 30_000 } = {}) => {
  const steps = reservationSteps({ waitMs })

  const conclude = async (trx: Trx, before: Reservation, { state, reason }: Outcome, publish: Publish, quiet = false) => {
    const version = state === before.state ? before.version : before.version + 1
    await saveReservation(trx, { ...before, state, version })
    if (quiet || state === before.state || !isTold(state)) return
    const { orderId, facts } = before
    publish(
      eventOf[state](
        { id: orderId, version },
        {
          order_id: orderId,
          lines: [...facts.lines],
          ...(state === 'reserved' && facts.expiry && { expires_at: facts.expiry.at.toISOString() }),
          ...(reason && { reason }),
        },
      ),
    )
  }

  const advance = async (trx: Trx, reservation: Reservation, publish: Publish) => {
    const step = nextStep(reservation.state, reservation.facts)
    // Where nothing was held, nothing is given back.
    await conclude(trx, reservation, await steps[step](trx, reservation, publish), publish, step === 'close')
  }

  /** Each order in a transaction of its own, under its lock; one that fails keeps none of the others. */
  const sweep = async (orderIds: readonly number[], work: (trx: Trx, reservation: Reservation, publish: Publish) => Promise<void>) => {
    const failures: unknown[] = []
    for (const orderId of orderIds) {
      await sql
        .transaction(async (trx, publish) => work(trx, await lockReservation(trx, orderId), publish))
        .catch(error => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  const inState = (state: ReservationState) => sql.db.selectFrom('reservations').select('order_id').where('state', '=', state)

  return {
    /** Adds what an event tells to what is known of the order, and does what follows, once. */
    hear: (message: Message, orderId: number, news: News) =>
      sql.once(message, async (trx, publish) => {
        const known = await lockReservation(trx, orderId)
        await advance(trx, { ...known, facts: learn(known.facts, news) }, publish)
      }),

    /** Orders that wait for a product they named: tried again, those first that were not for longest, or refused when they have waited long enough. */
    async retryWaiting(limit = sweepLimit): Promise<void> {
      const waiting = await inState('waiting').orderBy('updated_at').limit(limit).execute()
      await sweep(
        waiting.map(row => row.order_id),
        async (trx, reservation, publish) => {
          if (reservation.state === 'waiting') await advance(trx, reservation, publish)
        },
      )
    },

    /** Gives back what nobody paid for in time. */
    async expire(now: Date, limit = sweepLimit): Promise<void> {
      const due = await inState('reserved').where('expires_at', '<=', now).orderBy('expires_at').limit(limit).execute()
      await sweep(
        due.map(row => row.order_id),
        async (trx, reservation, publish) => {
          const { state, facts } = reservation
          if (state !== 'reserved' || !facts.expiry || facts.expiry.at > now) return
          await steps.release(trx, reservation, publish)
          await conclude(trx, reservation, { state: 'expired', reason: 'expired' }, publish)
        },
      )
    },
  }
}
export type Reservations = ReturnType<typeof reservations>
