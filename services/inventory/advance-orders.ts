import { inventoryCommitFailed, inventoryCommitted, inventoryRejected, inventoryReleased, inventoryReserved } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { needsStock, type StepOutcome, takeStep } from './allocations'
import type { Trx } from './database'
import { type Allocation, nextReservationStep, type OrderLine, type ReservationState } from './domain'
import { type Reservation, returnAllAllocations, saveAllocations, saveReservations } from './reservation-repository'
import { lockSkuStock, saveSkuStock } from './sku-stock'

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

/** An order whose reservation is locked. */
export interface LockedOrder {
  /** As it is now, with the facts that were added. */
  reservation: Reservation
  /** What its row says. */
  stored: Pick<Reservation, 'state' | 'facts'>
  publish: Publish
  /** Nobody paid in time. */
  expired?: boolean
}

const publishOutcome = ({ reservation: { orderId, facts }, publish }: LockedOrder, version: number, outcome: StepOutcome) => {
  const { state, committed, reason } = outcome
  if (!hasEvent(state)) return
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

/** Takes the next step of each order, one after the other, on stock that is locked for all of them and written once. */
export const advanceOrders = async (trx: Trx, orders: readonly LockedOrder[], waitMs: number) => {
  const moves = orders.map(order => {
    const { state, facts } = order.reservation
    return { ...order, step: order.expired ? ('release' as const) : nextReservationStep(state, facts) }
  })
  const touched = moves.filter(({ step }) => needsStock(step)).map(({ reservation }) => reservation)
  const stockBySku = await lockSkuStock(
    trx,
    touched.flatMap(({ facts, allocations }) => [...facts.lines, ...allocations].map(({ sku }) => sku)),
  )

  const changed: Reservation[] = []
  const allocated: (Allocation & { orderId: number })[] = []
  for (const move of moves) {
    const { reservation, stored, step, expired } = move
    const taken = takeStep(step, reservation, stockBySku, waitMs)
    const outcome: StepOutcome = expired ? { ...taken, state: 'expired', reason: 'expired' } : taken
    const { orderId, state, facts } = reservation
    const version = outcome.state === state ? reservation.version : reservation.version + 1
    // An order that goes on waiting is written, too: it goes to the end of those that wait.
    if (outcome.state === 'waiting' || outcome.state !== stored.state || !Bun.deepEquals(facts, stored.facts))
      changed.push({ ...reservation, state: outcome.state, version })
    for (const allocation of outcome.allocated ?? []) allocated.push({ ...allocation, orderId })
    // `close` ends an order that held no stock, so there is nothing to announce as released.
    if (outcome.state !== state && step !== 'close') publishOutcome(move, version, outcome)
  }
  const idsWhere = (holds: (move: (typeof moves)[number]) => boolean) => moves.filter(holds).map(({ reservation: { orderId } }) => orderId)
  await saveReservations(trx, changed)
  // An expired reservation still has its old allocations, possibly in other warehouses.
  const replaced = new Set(allocated.map(({ orderId }) => orderId))
  await saveAllocations(
    trx,
    allocated,
    idsWhere(({ reservation: { orderId, state } }) => state === 'expired' && replaced.has(orderId)),
  )
  await returnAllAllocations(
    trx,
    idsWhere(({ step }) => step === 'restock'),
  )
  const [first] = orders
  if (first) await saveSkuStock(trx, stockBySku, first.publish)
}
