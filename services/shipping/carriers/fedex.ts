import type { Reported } from '../domain'
import type { Carrier } from './carrier'
import { carrierCall, requiredText, textAt } from './carrier-rest'

interface Settings {
  url: string
  clientId: string
  clientSecret: string
  askAgainMs: number
}

const statusOf: Record<string, Reported> = { PU: 'picked_up', IT: 'in_transit', OD: 'in_transit', DL: 'delivered', DE: 'failed' }
const tokenLifeMs = 50 * 60_000

/** FedEx' ship and track calls behind its OAuth token, the part of them that a parcel needs. Tried against a local fake, not with FedEx itself. */
export const fedexCarrier = ({ url, clientId, clientSecret, askAgainMs }: Settings): Carrier => {
  let token: { value: string; until: number } | undefined
  const anonymous = carrierCall('fedex', url, () => ({}))
  const authorization = async () => {
    if (!token || token.until < Date.now()) {
      const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
      const value = requiredText('fedex', await anonymous('POST', '/oauth/token', { body }), 'access_token')
      token = { value, until: Date.now() + tokenLifeMs }
    }
    return { authorization: `Bearer ${token.value}` }
  }
  const call = carrierCall('fedex', url, authorization)
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
      await call('PUT', '/ship/v1/shipments/cancel', { body, missing: true })
    },
    async whereabouts({ reference }) {
      const answer = await call('POST', '/track/v1/trackingnumbers', { body: { trackingNumber: reference }, missing: true })
      return statusOf[textAt(answer, 'output', 'latestStatusDetail', 'code') ?? '']
    },
    askAgainMs,
  }
}
