import { minute } from '#shared/time'
import type { CarrierStatus } from '../domain'
import type { Carrier } from './carrier'
import { carrierApi, requiredText, textAt } from './rest'

interface Settings {
  url: string
  clientId: string
  clientSecret: string
  pollMs: number
}

const statusOf: Record<string, CarrierStatus> = { PU: 'picked_up', IT: 'in_transit', OD: 'in_transit', DL: 'delivered', DE: 'failed' }
/** Shorter than the hour for which FedEx's tokens are valid. */
const tokenLifetimeMs = 50 * minute

/** The part of FedEx's ship and track API that we need. Tested against a local fake only, not against FedEx. */
export const fedexCarrier = ({ url, clientId, clientSecret, pollMs }: Settings): Carrier => {
  let token: { value: string; expiresAt: number } | undefined
  const withoutToken = carrierApi('fedex', url, () => ({}))
  const authorization = async () => {
    if (!token || token.expiresAt < Date.now()) {
      const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
      const value = requiredText('fedex', await withoutToken('POST', '/oauth/token', { body }), 'access_token')
      token = { value, expiresAt: Date.now() + tokenLifetimeMs }
    }
    return { authorization: `Bearer ${token.value}` }
  }
  const call = carrierApi('fedex', url, authorization)
  return {
    async createLabel({ shipmentId, trackingNumber, option, address, lines }) {
      const key = `shipment-${shipmentId}`
      const body = {
        serviceType: option === 'express' ? 'PRIORITY_OVERNIGHT' : 'FEDEX_GROUND',
        customerReferences: [key, trackingNumber],
        recipient: typeof address === 'string' ? { streetLines: [address] } : address,
        totalPackageCount: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      }
      const answer = await call('POST', '/ship/v1/shipments', { body, headers: { 'x-customer-transaction-id': key } })
      return { reference: requiredText('fedex', answer, 'output', 'transactionShipments', 0, 'masterTrackingNumber') }
    },
    async cancelLabel({ shipmentId, reference }) {
      const body = { trackingNumber: reference ?? `shipment-${shipmentId}` }
      await call('PUT', '/ship/v1/shipments/cancel', { body, mayBeMissing: true })
    },
    async trackParcel({ reference }) {
      const answer = await call('POST', '/track/v1/trackingnumbers', { body: { trackingNumber: reference }, mayBeMissing: true })
      return statusOf[textAt(answer, 'output', 'latestStatusDetail', 'code') ?? '']
    },
    pollMs,
  }
}
