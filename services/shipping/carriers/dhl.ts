import type { CarrierStatus } from '../domain'
import type { Carrier } from './carrier'
import { carrierApi, requiredText, textAt } from './rest'

interface Settings {
  url: string
  key: string
  pollMs: number
}

const statusOf: Record<string, CarrierStatus> = {
  'picked-up': 'picked_up',
  transit: 'in_transit',
  delivered: 'delivered',
  failure: 'failed',
}

/** The part of DHL's shipment and tracking API that we need. Tested against a local fake only, not against DHL. */
export const dhlCarrier = ({ url, key, pollMs }: Settings): Carrier => {
  const call = carrierApi('dhl', url, () => ({ 'dhl-api-key': key }))
  return {
    async createLabel({ shipmentId, trackingNumber, option, address, lines }) {
      const reference = `shipment-${shipmentId}`
      const body = {
        productCode: option === 'express' ? 'P' : 'N',
        customerReferences: [{ value: reference }, { value: trackingNumber }],
        receiver: typeof address === 'string' ? { text: address } : address,
        packages: [{ pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0) }],
      }
      const answer = await call('POST', '/shipments', { body, headers: { 'message-reference': reference } })
      return { reference: requiredText('dhl', answer, 'shipmentTrackingNumber') }
    },
    async cancelLabel({ shipmentId, reference }) {
      const id = reference ?? `shipment-${shipmentId}`
      await call('DELETE', `/shipments/${encodeURIComponent(id)}`, { mayBeMissing: true })
    },
    async trackParcel({ reference }) {
      const answer = await call('GET', `/track/shipments?trackingNumber=${encodeURIComponent(reference)}`, { mayBeMissing: true })
      return statusOf[textAt(answer, 'shipments', 0, 'status', 'statusCode') ?? '']
    },
    pollMs,
  }
}
