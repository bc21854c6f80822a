import type { Publish } from '#shared/event'
import type { Trx } from './database'
import { allocateLines, type ReservationState, type ReservationStep } from './domain'
import { allocationsOf, type Reservation, saveAllocations } from './reservation-repository'
import { changeAllocatedStock, changeReserved, lockSkuStock, moveStock, saveSkuStock, stockRowIn } from './sku-stock'

export interface StepOutcome {
  state: ReservationState
  reason?: string
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
      return { state: commit ? 'committed' : 'reserved' }
    }

  return {
    reserve: allocate(false),
    commitUnreserved: allocate(true),
    async commit(trx, { orderId }, publish) {
      await changeAllocatedStock(trx, await allocationsOf(trx, orderId), publish, (stock, row, quantity) => {
        changeReserved(stock, row, -quantity)
        return moveStock(trx, stock, row, -quantity, { kind: 'committed', orderId })
      })
      return { state: 'committed' }
    },
    async release(trx, { orderId }, publish) {
      await changeAllocatedStock(trx, await allocationsOf(trx, orderId), publish, (stock, row, quantity) =>
        changeReserved(stock, row, -quantity),
      )
      return { state: 'released' }
    },
    async restock(trx, { orderId }, publish) {
      await changeAllocatedStock(trx, await allocationsOf(trx, orderId), publish, (stock, row, quantity) =>
        moveStock(trx, stock, row, quantity, { kind: 'restocked', orderId }),
      )
      return { state: 'released' }
    },
    close: async () => ({ state: 'released' }),
    nothing: async (_trx, { state }) => ({ state }),
  }
}
