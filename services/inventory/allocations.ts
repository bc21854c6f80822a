import type { Publish } from '#shared/event'
import type { Trx } from './database'
import { type Allocation, allocateLines, type ReservationState, type ReservationStep } from './domain'
import { addReturned, allocationsOf, type Reservation, saveAllocations } from './reservation-repository'
import { changeAllocatedStock, changeReserved, lockSkuStock, moveStock, saveSkuStock, stockRowIn } from './sku-stock'

export interface StepOutcome {
  state: ReservationState
  reason?: string
  /** Which warehouse the goods leave from. */
  committed?: readonly Allocation[]
}
type ApplyStep = (trx: Trx, reservation: Reservation, publish: Publish) => Promise<StepOutcome>

/** What each step does to the stock. An order waits for a product that inventory does not know yet, for up to `waitMs`. */
export const allocations = ({ waitMs }: { waitMs: number }): Record<ReservationStep, ApplyStep> => {
  const allocate =
    (commit: boolean): ApplyStep =>
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
      if (typeof allocated === 'string') return { state: commit ? 'commit_failed' : 'rejected', reason: allocated }
      for (const { sku, warehouse, quantity } of allocated) {
        const stock = stockBySku.get(sku)
        if (!stock) continue
        const row = await stockRowIn(trx, stock, warehouse)
        if (commit) await moveStock(trx, stock, row, -quantity, { kind: 'committed', orderId })
        else changeReserved(stock, row, quantity)
      }
      await saveAllocations(trx, reservation, allocated)
      await saveSkuStock(trx, stockBySku, publish)
      return commit ? { state: 'committed', committed: allocated } : { state: 'reserved' }
    }

  return {
    reserve: allocate(false),
    commitUnreserved: allocate(true),
    async commit(trx, { orderId }, publish) {
      const committed = await allocationsOf(trx, orderId)
      await changeAllocatedStock(trx, committed, publish, (stock, row, quantity) => {
        changeReserved(stock, row, -quantity)
        return moveStock(trx, stock, row, -quantity, { kind: 'committed', orderId })
      })
      return { state: 'committed', committed }
    },
    async release(trx, { orderId }, publish) {
      await changeAllocatedStock(trx, await allocationsOf(trx, orderId), publish, (stock, row, quantity) =>
        changeReserved(stock, row, -quantity),
      )
      return { state: 'released' }
    },
    async restock(trx, { orderId }, publish) {
      const allocated = await allocationsOf(trx, orderId)
      const out = allocated.map(({ quantity, returned, ...allocation }) => ({ ...allocation, quantity: quantity - returned }))
      await changeAllocatedStock(trx, out, publish, (stock, row, quantity) =>
        moveStock(trx, stock, row, quantity, { kind: 'restocked', orderId }),
      )
      await addReturned(trx, orderId, out)
      return { state: 'released' }
    },
    close: async () => ({ state: 'released' }),
    nothing: async (_trx, { state }) => ({ state }),
  }
}
