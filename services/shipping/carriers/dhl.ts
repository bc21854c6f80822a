import type { Reported } from '../domain'
import type { Carrier } from './carrier'
import { carrierCall, requiredText, textAt } from './carrier-rest'

interface Settings {
  url: string
  key: string
  askAgainMs: number
}

const statusOf: Record<string, Reported> = { 'picked-up': 'picked_up', transit: 'in_transit', delivered: 'delivered', failure: 'failed' }

/** DHL's shipment and tracking calls, the part of them that a parcel needs. Tried against a local fake, not with DHL itself. */
export const dhlCarrier = ({ url, key, askAgainMs }: Settings): Carrier => {
  const call = carrierCall('dhl', url, () => ({ 'dhl-api-key': key }))
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
      await call('DELETE', `/shipments/${encodeURIComponent(id)}`, { missing: true })
    },
    async whereabouts({ reference }) {
      const answer = await call('GET', `/track/shipments?trackingNumber=${encodeURIComponent(reference)}`, { missing: true })
      return statusOf[textAt(answer, 'shipments', 0, 'status', 'statusCode') ?? '']
    },
    askAgainMs,
  }
}
