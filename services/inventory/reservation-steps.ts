import type { Publish } from '#shared/event'
import type { StockRow } from './database'
import { type Portion, portionsFor, type ReservationState, type Step } from './domain'
import { portionsOf, type Reservation, savePortions } from './reservation-store'
import { hold, lockShelves, move, placeIn, type Shelf, saveShelves, type Trx } from './shelves'

export interface Outcome {
  state: ReservationState
  reason?: string
}

/** Lets `change` work on the locked place of each portion. */
export const eachPlace = async (
  trx: Trx,
  portions: readonly Portion[],
  publish: Publish,
  change: (shelf: Shelf, place: StockRow, quantity: number) => unknown,
) => {
  if (portions.length === 0) return
  const shelves = await lockShelves(
    trx,
    portions.map(({ sku }) => sku),
  )
  for (const { sku, warehouse, quantity } of portions) {
    const shelf = shelves.get(sku)
    if (shelf) await change(shelf, await placeIn(trx, shelf, warehouse), quantity)
  }
  await saveShelves(trx, shelves, publish)
}

type Does = (trx: Trx, reservation: Reservation, publish: Publish) => Promise<Outcome>

/** What each step does to the stock. An order waits up to `waitMs` for a product that inventory has not met. */
export const reservationSteps = ({ waitMs }: { waitMs: number }): Record<Step, Does> => {
  const acquire =
    (leave: boolean): Does =>
    async (trx, reservation, publish) => {
      const { orderId, heardFirst, facts } = reservation
      const shelves = await lockShelves(
        trx,
        facts.lines.map(({ sku }) => sku),
      )
      const portions = portionsFor(facts.lines, sku => {
        const shelf = shelves.get(sku)
        return shelf && { opened: shelf.sku.opened === 1, archived: shelf.sku.archived === 1, places: shelf.places }
      })
      if (portions === 'unknown' && Date.now() - heardFirst.getTime() < waitMs) return { state: 'waiting' }
      if (typeof portions === 'string')
        return { state: leave ? 'commit_failed' : 'rejected', reason: portions === 'unknown' ? 'unknown_product' : 'out_of_stock' }
      for (const { sku, warehouse, quantity } of portions) {
        const shelf = shelves.get(sku)
        if (!shelf) continue
        const place = await placeIn(trx, shelf, warehouse)
        if (leave) await move(trx, shelf, place, -quantity, { kind: 'committed', orderId })
        else hold(shelf, place, quantity)
      }
      await savePortions(trx, reservation, portions)
      await saveShelves(trx, shelves, publish)
      return { state: leave ? 'committed' : 'reserved' }
    }

  return {
    reserve: acquire(false),
    /** Nothing is held for it (any more), so it leaves from what is there. */
    take: acquire(true),
    async commit(trx, { orderId }, publish) {
      await eachPlace(trx, await portionsOf(trx, orderId), publish, (shelf, place, quantity) => {
        hold(shelf, place, -quantity)
        return move(trx, shelf, place, -quantity, { kind: 'committed', orderId })
      })
      return { state: 'committed' }
    },
    async release(trx, { orderId }, publish) {
      await eachPlace(trx, await portionsOf(trx, orderId), publish, (shelf, place, quantity) => hold(shelf, place, -quantity))
      return { state: 'released' }
    },
    async restock(trx, { orderId }, publish) {
      await eachPlace(trx, await portionsOf(trx, orderId), publish, (shelf, place, quantity) =>
        move(trx, shelf, place, quantity, { kind: 'restocked', orderId }),
      )
      return { state: 'released' }
    },
    close: async () => ({ state: 'released' }),
    nothing: async (_trx, { state }) => ({ state }),
  }
}
