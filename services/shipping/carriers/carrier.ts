import type { Address } from '#shared/address'
import type { CarrierStatus, Status } from '../domain'

export interface Contact {
  name: string
  phone: string
}
export type AddressFields = Exclude<Address, string>
/** The warehouse that a parcel leaves from, as a label names it. */
export type Sender = Contact & AddressFields

/** The parcel that a label is made for. */
export interface ParcelToLabel {
  shipmentId: number
  trackingNumber: string
  option: string
  sender: Sender
  /** Asks for the name and the phone of the buyer, which only a carrier's label needs. */
  recipient(): Promise<Contact>
  address: Address
  pieces: number
  grams: number
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
  /**
   * Our id of the shipment is on the label. Where the carrier takes it as a key, repeating the call gives the same label; elsewhere a label whose
   * answer was lost is made once more, and the first is never handed over, so that it is never billed.
   */
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

const trackingPages: Record<string, string> = {
  dhl: 'https://www.dhl.com/global-en/home/tracking.html?submit=1&tracking-id=',
  fedex: 'https://www.fedex.com/fedextrack/?trknbr=',
  hanjin: 'https://www.hanjin.com/kor/CMS/DeliveryMgr/WaybillResult.do?mCode=MN038&schLang=KR&wblnumText2=',
}
/** Where the carrier itself shows a parcel to everybody; null for one without such a page. */
export const trackingPageOf = (carrier: string, reference: string): string | null =>
  trackingPages[carrier] ? `${trackingPages[carrier]}${encodeURIComponent(reference)}` : null
