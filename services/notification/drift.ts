import { driftOf } from '#shared/drift'
import type { Deliveries } from './deliveries'

/** Messages that should have been sent some time ago. */
export const deliveryDrift =
  ({ deliveries }: { deliveries: Pick<Deliveries, 'overdue'> }) =>
  async (until: Date) => {
    const overdue = await deliveries.overdue(until)
    return { overdue: driftOf(overdue.map(({ id, kind, channel }) => `delivery ${id}: ${kind} by ${channel}`)) }
  }
export type DeliveryDrift = ReturnType<typeof deliveryDrift>
