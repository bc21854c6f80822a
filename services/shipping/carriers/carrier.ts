import type { Settings } from '#shared/config'
import { conflict } from '#shared/errors'
import type { Address } from '#shared/schema'
import type { Line, Reported, Status } from '../domain'

/** What a carrier is told of a parcel. */
export interface Parcel {
  shipmentId: number
  trackingNumber: string
  option: string
  address: Address
  lines: readonly Line[]
}
/** What a carrier is asked about: by its own reference, and by how far we know the parcel to be. */
export interface Labelled {
  shipmentId: number
  reference: string
  status: Status
  since: Date
}

/** The port. Each call ends by its own deadline, shorter than a look's lease. */
export interface Carrier {
  /** The same shipment gets the same label, however often it is asked for: the carrier is given our id as its key. */
  createLabel(parcel: Parcel): Promise<{ reference: string }>
  /** Takes the label back; one that was never made, or was taken back before, is no fault. */
  cancelLabel(shipment: { shipmentId: number; reference: string | null }): Promise<void>
  whereabouts(parcel: Labelled): Promise<Reported | undefined>
  /** When to ask again; undefined is never: somebody else moves its parcels along. */
  askAgainMs: number | undefined
}

export const carrierNames = ['sandbox', 'dhl', 'fedex', 'hanjin'] as const
export type CarrierName = (typeof carrierNames)[number]

/** The carriers that this shop has a contract with. */
export const carriers = (known: Partial<Record<CarrierName, Carrier>>, usual: CarrierName) => {
  const find = (name: string): Carrier | undefined => {
    const ours = carrierNames.find(one => one === name)
    return ours && known[ours]
  }
  if (!known[usual]) throw new Error(`CARRIER is ${usual}, whose own settings are missing`)
  return {
    nameOf(asked: string = usual): string {
      if (!find(asked)) throw conflict('carrier_not_configured', 'This shop has no contract with that carrier.')
      return asked
    },
    of(name: string): Carrier {
      const found = find(name)
      if (!found) throw new Error(`${name} has parcels under way, and its settings are missing`)
      return found
    },
  }
}
export type Carriers = ReturnType<typeof carriers>
export type CarrierSettings = Pick<Settings, 'integer' | 'optional' | 'text' | 'oneOf'>
