import { minute } from '#shared/time'
import type { CarrierStatus } from '../domain'
import type { AddressFields, Carrier, Contact } from './carrier'
import { carrierApi, fieldsOf, kilograms, requiredText, streetLines, textAt } from './rest'

interface Settings {
  url: string
  clientId: string
  clientSecret: string
  accountNumber: string
  pollMs: number
}

const statusOf: Record<string, CarrierStatus> = {
  PU: 'picked_up',
  IT: 'in_transit',
  OD: 'in_transit',
  DL: 'delivered',
  DE: 'failed',
  RS: 'returned',
}
const services = {
  domestic: { express: 'PRIORITY_OVERNIGHT', standard: 'FEDEX_GROUND' },
  abroad: { express: 'FEDEX_INTERNATIONAL_PRIORITY', standard: 'INTERNATIONAL_ECONOMY' },
}
/** Shorter than the hour for which FedEx's tokens are valid. */
const tokenLifetimeMs = 50 * minute

const partyOf = ({ name, phone }: Contact, address: AddressFields) => ({
  contact: { personName: name, phoneNumber: phone },
  address: {
    streetLines: streetLines(address),
    city: address.city,
    ...(address.region !== undefined && { stateOrProvinceCode: address.region }),
    ...(address.postal_code !== undefined && { postalCode: address.postal_code }),
    countryCode: address.country,
  },
})

/** FedEx's ship and track APIs. Tested against a local fake only, not against FedEx. Customs papers are not sent. */
export const fedexCarrier = ({ url, clientId, clientSecret, accountNumber, pollMs }: Settings): Carrier => {
  let token: { value: string; expiresAt: number } | undefined
  const withoutToken = carrierApi('fedex', url, () => ({}))
  const authorization = async () => {
    if (!token || token.expiresAt < Date.now()) {
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
      const value = requiredText('fedex', await withoutToken('POST', '/oauth/token', { form }), 'access_token')
      token = { value, expiresAt: Date.now() + tokenLifetimeMs }
    }
    return { authorization: `Bearer ${token.value}` }
  }
  const signedCall = carrierApi('fedex', url, authorization)
  const call: typeof signedCall = (...asked) =>
    signedCall(...asked).catch(error => {
      // FedEx may have ended the token before its time: the repetition asks for another.
      token = undefined
      throw error
    })
  const account = { accountNumber: { value: accountNumber } }
  return {
    async createLabel({ shipmentId, option, sender, recipient, address, grams }) {
      const key = `shipment-${shipmentId}`
      const to = fieldsOf('fedex', address)
      const { express, standard } = to.country === sender.country ? services.domestic : services.abroad
      const requestedShipment = {
        shipper: partyOf(sender, sender),
        recipients: [partyOf(await recipient(), to)],
        serviceType: option === 'express' ? express : standard,
        packagingType: 'YOUR_PACKAGING',
        pickupType: 'USE_SCHEDULED_PICKUP',
        shippingChargesPayment: { paymentType: 'SENDER' },
        labelSpecification: { imageType: 'PDF', labelStockType: 'PAPER_4X6' },
        requestedPackageLineItems: [
          {
            weight: { units: 'KG', value: kilograms(grams) },
            customerReferences: [{ customerReferenceType: 'CUSTOMER_REFERENCE', value: key }],
          },
        ],
      }
      const body = { ...account, labelResponseOptions: 'URL_ONLY', requestedShipment }
      const answer = await call('POST', '/ship/v1/shipments', { body, headers: { 'x-customer-transaction-id': key } })
      return { reference: requiredText('fedex', answer, 'output', 'transactionShipments', 0, 'masterTrackingNumber') }
    },
    async cancelLabel({ reference }) {
      if (reference === null) return
      const body = { ...account, trackingNumber: reference, deletionControl: 'DELETE_ALL_PACKAGES' }
      await call('PUT', '/ship/v1/shipments/cancel', { body, mayBeMissing: true })
    },
    async trackParcel({ reference }) {
      const body = { includeDetailedScans: false, trackingInfo: [{ trackingNumberInfo: { trackingNumber: reference } }] }
      const answer = await call('POST', '/track/v1/trackingnumbers', { body, mayBeMissing: true })
      return statusOf[textAt(answer, 'output', 'completeTrackResults', 0, 'trackResults', 0, 'latestStatusDetail', 'code') ?? '']
    },
    pollMs,
  }
}
