import { conflict } from '#shared/errors'

/** A shipment is one parcel of an order, and this is which status may follow which. */

export const statuses = ['created', 'picked_up', 'in_transit', 'delivered', 'failed', 'returned', 'voided'] as const
export type Status = (typeof statuses)[number]
/** The statuses that a carrier reports, or an admin in its place. */
export const carrierStatuses = ['picked_up', 'in_transit', 'delivered', 'failed', 'returned'] as const
export type CarrierStatus = (typeof carrierStatuses)[number]

/** Where a parcel is. One that failed in the carrier's hands may still arrive or come back; one that never left is packed again. */
export interface Progress {
  status: Status
  pickedUp: boolean
}

const following: Record<Status, readonly Status[]> = {
  created: ['picked_up', 'failed', 'voided'],
  picked_up: ['in_transit', 'delivered', 'failed', 'returned'],
  in_transit: ['delivered', 'failed', 'returned'],
  failed: ['delivered', 'returned'],
  delivered: [],
  returned: [],
  voided: [],
}
export const failedBeforePickUp = ({ status, pickedUp }: Progress) => status === 'failed' && !pickedUp
export const nextStatuses = (at: Progress): readonly Status[] => (failedBeforePickUp(at) ? [] : following[at.status])
export const isFinal = (at: Progress) => nextStatuses(at).length === 0
/** The goods are in the warehouse still, so the label is cancelled and the lines are free for another parcel. */
export const neverLeft = (at: Progress) => at.status === 'voided' || failedBeforePickUp(at)

export const requireLegalStep = (from: Progress, to: Status): void => {
  if (nextStatuses(from).includes(to)) return
  const legal = nextStatuses(from).filter(status => status !== 'voided')
  const detail =
    legal.length > 0
      ? `From ${from.status} it can become ${legal.join(' or ')}.`
      : `A shipment that is ${from.status} does not change again.`
  throw conflict('illegal_transition', detail)
}

/** Only what the buyer collects is made ready for that, and only while it is still here. */
export const requireCollectable = ({ status }: Progress, { isCollected }: { isCollected: boolean }): void => {
  if (!isCollected) throw conflict('not_for_pickup', 'A carrier brings this shipment to its buyer: nobody collects it.')
  if (status !== 'created') throw conflict('illegal_transition', `A shipment that is ${status} does not wait to be collected.`)
}

const deliveryRoute: readonly Status[] = ['created', 'picked_up', 'in_transit', 'delivered']

/**
 * The steps from where a parcel is to the status that its carrier reports, those that it skipped included; none when the report is old. A carrier
 * reports a failure or a return of what it has, so the pick-up is one of the steps.
 */
export const stepsUpTo = (from: Progress, reported: CarrierStatus): CarrierStatus[] => {
  if (isFinal(from)) return []
  if (from.status === 'failed') return nextStatuses(from).includes(reported) ? [reported] : []
  if (reported === 'failed' || reported === 'returned') return from.status === 'created' ? ['picked_up', reported] : [reported]
  const [start, end] = [deliveryRoute.indexOf(from.status), deliveryRoute.indexOf(reported)]
  return carrierStatuses.filter(step => deliveryRoute.indexOf(step) > start && deliveryRoute.indexOf(step) <= end)
}
