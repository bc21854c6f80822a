import type { Publish } from '#shared/event'
import type { StockRow, Trx } from './database'
import { type Allocation, allocateLines, type ReservationState, type ReservationStep, stockSteps } from './domain'
import { addReturned, allocationsOf, type Reservation, saveAllocations } from './reservation-repository'
import { changeAllocatedStock, changeReserved, lockSkuStock, moveStock, type SkuStock, saveSkuStock, stockRowIn } from './sku-stock'

export interface StepOutcome {
  state: ReservationState
  reason?: string
  /** Which warehouse the goods leave from. */
  committed?: readonly Allocation[]
}
type ApplyStep = (trx: Trx, reservation: Reservation, publish: Publish) => Promise<StepOutcome>

const movementOf = {
  commit: 'committed',
  commitUnreserved: 'committed',
  restock: 'restocked',
  reserve: undefined,
  release: undefined,
} as const

/** Takes the step with what is allocated in one row of stock. What was reserved is given up before the goods leave. */
const takeStep = async (trx: Trx, step: keyof typeof stockSteps, orderId: number, stock: SkuStock, row: StockRow, quantity: number) => {
  const { reserved, onHand } = stockSteps[step]
  const kind = movementOf[step]
  if (reserved !== 0) changeReserved(stock, row, reserved * quantity)
  if (kind) await moveStock(trx, stock, row, onHand * quantity, { kind, orderId })
}

/** What each step does to the stock. An order waits for a product that inventory does not know yet, for up to `waitMs`. */
export const allocations = ({ waitMs }: { waitMs: number }): Record<ReservationStep, ApplyStep> => {
  const allocate =
    (step: 'reserve' | 'commitUnreserved'): ApplyStep =>
    async (trx, reservation, publish) => {
      const { orderId, createdAt, facts } = reservation
      const stockBySku = await lockSkuStock(
        trx,
        facts.lines.map(({ sku }) => sku),
      )
      const allocated = allocateLines(facts.lines, sku => {
        const known = stockBySku.get(sku)
        return known && { opened: known.totals.opened === 1, archived: known.totals.archived === 1, stock: known.rows }
      })
      if (allocated === 'unknown_product' && Date.now() - createdAt.getTime() < waitMs) return { state: 'waiting' }
      if (typeof allocated === 'string') return { state: step === 'reserve' ? 'rejected' : 'commit_failed', reason: allocated }
      for (const { sku, warehouse, quantity } of allocated) {
        const stock = stockBySku.get(sku)
        if (stock) await takeStep(trx, step, orderId, stock, await stockRowIn(trx, stock, warehouse), quantity)
      }
      await saveAllocations(trx, reservation, allocated)
      await saveSkuStock(trx, stockBySku, publish)
      return { state: stockSteps[step].to, ...(step === 'commitUnreserved' && { committed: allocated }) }
    }
  const change = (trx: Trx, step: keyof typeof stockSteps, orderId: number, allocated: readonly Allocation[], publish: Publish) =>
    changeAllocatedStock(trx, allocated, publish, (stock, row, quantity) => takeStep(trx, step, orderId, stock, row, quantity))

  return {
    reserve: allocate('reserve'),
    commitUnreserved: allocate('commitUnreserved'),
    async commit(trx, { orderId }, publish) {
      const committed = await allocationsOf(trx, orderId)
      await change(trx, 'commit', orderId, committed, publish)
      return { state: stockSteps.commit.to, committed }
    },
    async release(trx, { orderId }, publish) {
      await change(trx, 'release', orderId, await allocationsOf(trx, orderId), publish)
      return { state: stockSteps.release.to }
    },
    async restock(trx, { orderId }, publish) {
      const allocated = await allocationsOf(trx, orderId)
      const out = allocated.map(({ quantity, returned, ...allocation }) => ({ ...allocation, quantity: quantity - returned }))
      await change(trx, 'restock', orderId, out, publish)
      await addReturned(trx, orderId, out)
      return { state: stockSteps.restock.to }
    },
    close: async () => ({ state: 'released' }),
    nothing: async (_trx, { state }) => ({ state }),
  }
}
