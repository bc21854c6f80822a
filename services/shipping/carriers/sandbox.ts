import { type Reported, reportable, type Status } from '../domain'
import type { Carrier } from './carrier'

const following: Partial<Record<Status, Reported>> = { created: 'picked_up', picked_up: 'in_transit', in_transit: 'delivered' }

/** A carrier without trucks: each parcel takes its next step `stepMs` after the last. With 0 nothing moves but by hand. */
export const sandboxCarrier = ({ stepMs }: { stepMs: number }): Carrier => ({
  createLabel: async ({ shipmentId }) => ({ reference: `sandbox-${shipmentId}` }),
  cancelLabel: async () => {},
  async whereabouts({ status, since }) {
    if (stepMs === 0 || Date.now() - since.getTime() < stepMs) return undefined
    const step = following[status]
    return step && reportable.find(one => one === step)
  },
  askAgainMs: stepMs === 0 ? undefined : stepMs,
})
