import type { Address } from '#shared/address'
import type { CarrierStatus, Status } from '../domain'
import type { Line } from '../domain-lines'

/** The parcel that a label is made for. */
export interface ParcelToLabel {
  shipmentId: number
  trackingNumber: string
  option: string
  address: Address
  lines: readonly Line[]
}
export interface LabelledParcel {
  shipmentId: number
  /** The carrier's own number of the parcel. */
  reference: string
  /** The last status that we know, and since when. */
  status: Status
  since: Date
}

/** The port to a company that delivers parcels. Each call has a deadline of its own, within the lease of a look at the carrier. */
export interface Carrier {
  /** Repeating the call for a shipment gives the same label: the carrier receives our id as the key. */
  createLabel(parcel: ParcelToLabel): Promise<{ reference: string }>
  /** Succeeds as well for a label that was never made, or that is cancelled already. */
  cancelLabel(shipment: { shipmentId: number; reference: string | null }): Promise<void>
  /** Undefined when the carrier has no status that we know. */
  trackParcel(parcel: LabelledParcel): Promise<CarrierStatus | undefined>
  /** How long to wait between two questions; undefined when the carrier is never asked and an admin records every step. */
  pollMs: number | undefined
}

export const carrierNames = ['sandbox', 'dhl', 'fedex', 'hanjin'] as const
export type CarrierName = (typeof carrierNames)[number]
