import { conflict } from '#shared/errors'
import type { Status } from './domain'
import { type Line, linesByWarehouse, mergeLines } from './domain-lines'

/** What an order allows: which parcels are made when its stock is committed, and which are stopped when it is cancelled. */

export interface KnownOrder {
  /** Undefined until its stock is committed. */
  lines: readonly Line[] | undefined
  voided: boolean
}

/** Whether nothing is left to do when its stock is committed. */
export const isPackedOrVoided = ({ lines, voided }: KnownOrder) => voided || lines !== undefined

/** The lines of an order and of its first parcels when its stock is committed. Undefined for one that was packed or voided before. */
export const firstParcels = (order: KnownOrder, committed: readonly Line[]): { lines: Line[]; parcels: Line[][] } | undefined => {
  if (isPackedOrVoided(order)) return undefined
  const lines = mergeLines(committed)
  return { lines, parcels: linesByWarehouse(lines) }
}

/** The lines that another parcel may be packed from. */
export const linesToPack = ({ lines, voided }: KnownOrder): readonly Line[] => {
  if (voided) throw conflict('order_cancelled', 'This order is cancelled and cannot be shipped any more.')
  if (lines === undefined)
    throw conflict('order_not_ready', 'The stock of this order is not committed yet; ship it once it is paid and packed.')
  return lines
}

/**
 * The parcels that have not left: they are voided with their order. Before an order is cancelled, the order service asks for all or none:
 * with `refusePickedUp`, a parcel that was ever picked up refuses.
 */
export const parcelsToVoid = <P extends { status: Status; pickedUp: boolean }>(
  parcels: readonly P[],
  { refusePickedUp }: { refusePickedUp: boolean },
): P[] => {
  if (refusePickedUp && parcels.some(({ pickedUp }) => pickedUp))
    throw conflict('already_picked_up', 'A parcel of this order is on its way; it can be returned once it is delivered.')
  return parcels.filter(({ status }) => status === 'created')
}
