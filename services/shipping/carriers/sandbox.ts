import type { CarrierStatus, Status } from '../domain'
import type { Carrier } from './carrier'

const nextStep: Partial<Record<Status, CarrierStatus>> = { created: 'picked_up', picked_up: 'in_transit', in_transit: 'delivered' }

/** A carrier for development: every parcel takes its next step `stepMs` after the last one. With 0, only an admin moves parcels. */
export const sandboxCarrier = ({ stepMs }: { stepMs: number }): Carrier => ({
  createLabel: async ({ shipmentId }) => ({ reference: `sandbox-${shipmentId}` }),
  cancelLabel: async () => {},
  async trackParcel({ status, since }) {
    const isDue = stepMs > 0 && Date.now() - since.getTime() >= stepMs
    return isDue ? nextStep[status] : undefined
  },
  pollMs: stepMs === 0 ? undefined : stepMs,
})
