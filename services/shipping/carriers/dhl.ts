import { countryLetters } from '#shared/address'
import type { CarrierStatus } from '../domain'
import type { AddressFields, Carrier, Contact } from './carrier'
import { carrierApi, fieldsOf, requiredText, textAt } from './rest'

/** Two APIs of DHL with keys of their own: Parcel DE Shipping makes the labels, and Shipment Tracking says where a parcel is. */
interface Settings {
  shipping: { url: string; key: string; user: string; password: string; customerNumber: string }
  tracking: { url: string; key: string }
  pollMs: number
}

const statusOf: Record<string, CarrierStatus> = { transit: 'in_transit', delivered: 'delivered', failure: 'failed' }
/** The code of a product, and the part of the billing number that belongs to it. */
const domestic = { product: 'V01PAK', procedure: '01' }
const abroad = { product: 'V53WPAK', procedure: '53' }
const participation = '01'
const profile = 'STANDARD_GRUPPENPROFIL'

/** DHL refuses what is longer. A shorter name still reaches its owner, and no parcel needs its state; a street is not cut. */
const longest = { name: 50, state: 20 }

const partyOf = ({ name, phone }: Contact, { line1, line2, city, region, postal_code, country }: AddressFields) => ({
  name1: name.slice(0, longest.name),
  addressStreet: line1,
  ...(line2 !== undefined && { additionalAddressInformation1: line2 }),
  ...(postal_code !== undefined && { postalCode: postal_code }),
  city,
  ...(region !== undefined && region.length <= longest.state && { state: region }),
  country: countryLetters(country),
  phone,
})

/** Tested against a local fake only, not against DHL. Customs papers for parcels that leave the EU are not sent. */
export const dhlCarrier = ({ shipping, tracking, pollMs }: Settings): Carrier => {
  const login = Buffer.from(`${shipping.user}:${shipping.password}`).toString('base64')
  const ship = carrierApi('dhl', shipping.url, () => ({ 'dhl-api-key': shipping.key, authorization: `Basic ${login}` }))
  const track = carrierApi('dhl', tracking.url, () => ({ 'dhl-api-key': tracking.key }))
  return {
    async createLabel({ shipmentId, sender, recipient, address, grams }) {
      const consignee = fieldsOf('dhl', address)
      const { product, procedure } = consignee.country === sender.country ? domestic : abroad
      const shipment = {
        product,
        billingNumber: `${shipping.customerNumber}${procedure}${participation}`,
        refNo: `shipment-${shipmentId}`,
        shipper: partyOf(sender, sender),
        consignee: partyOf(await recipient(), consignee),
        details: { weight: { uom: 'g', value: grams } },
      }
      const answer = await ship('POST', '/orders', { body: { profile, shipments: [shipment] } })
      return { reference: requiredText('dhl', answer, 'items', 0, 'shipmentNo') }
    },
    async cancelLabel({ reference }) {
      if (reference === null) return
      await ship('DELETE', `/orders?profile=${profile}&shipment=${encodeURIComponent(reference)}`, { mayBeMissing: true })
    },
    async trackParcel({ reference }) {
      const answer = await track('GET', `/track/shipments?trackingNumber=${encodeURIComponent(reference)}`, { mayBeMissing: true })
      return statusOf[textAt(answer, 'shipments', 0, 'status', 'statusCode') ?? '']
    },
    pollMs,
  }
}
