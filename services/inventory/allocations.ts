import { type Allocation, allocateLines, type ReservationState, type ReservationStep, stockSteps } from './domain'
import type { Reservation } from './reservation-repository'
import { changeAllocatedStock, changeReserved, moveStock, type StockBySku } from './sku-stock'

export interface StepOutcome {
  state: ReservationState
  reason?: string
  /** What the order is allocated anew. */
  allocated?: readonly Allocation[]
  /** Which warehouse the goods leave from. */
  committed?: readonly Allocation[]
}

const movementOf = {
  commit: 'committed',
  commitUnreserved: 'committed',
  restock: 'restocked',
  reserve: undefined,
  release: undefined,
} as const

/** Whether the step changes stock, which is locked beforehand. */
export const needsStock = (step: ReservationStep): step is keyof typeof stockSteps => step in stockSteps

/**
 * Takes a step of an order with the locked stock in memory. An order waits for a product that inventory does not know yet, for up to
 * `waitMs`.
 */
export const takeStep = (step: ReservationStep, reservation: Reservation, stockBySku: StockBySku, waitMs: number): StepOutcome => {
  const { orderId, state, createdAt, facts, allocations } = reservation
  const change = (step: keyof typeof stockSteps, allocated: readonly Allocation[]) =>
    changeAllocatedStock(stockBySku, allocated, (stock, row, quantity) => {
      const { reserved, onHand } = stockSteps[step]
      const kind = movementOf[step]
      // What was reserved is given up before the goods leave.
      if (reserved !== 0) changeReserved(stock, row, reserved * quantity)
      if (kind) moveStock(stock, row, onHand * quantity, { kind, orderId })
    })

  if (!needsStock(step)) return { state: step === 'close' ? 'released' : state }
  const { to } = stockSteps[step]
  if (step === 'reserve' || step === 'commitUnreserved') {
    const allocated = allocateLines(facts.lines, sku => {
      const known = stockBySku.get(sku)
      return known && { opened: known.totals.opened === 1, archived: known.totals.archived === 1, stock: known.rows }
    })
    if (allocated === 'unknown_product' && Date.now() - createdAt.getTime() < waitMs) return { state: 'waiting' }
    if (typeof allocated === 'string') return { state: step === 'reserve' ? 'rejected' : 'commit_failed', reason: allocated }
    change(step, allocated)
    return { state: to, allocated, ...(step === 'commitUnreserved' && { committed: allocated }) }
  }
  const back = step === 'restock'
  change(step, back ? allocations.map(({ returned, ...left }) => ({ ...left, quantity: left.quantity - returned })) : allocations)
  return { state: to, ...(step === 'commit' && { committed: allocations }) }
}
