import type { CarrierStatus } from '../domain'
import type { Carrier } from './carrier'
import { carrierApi, requiredText, textAt } from './rest'

interface Settings {
  url: string
  key: string
  pollMs: number
}

const statusOf: Record<string, CarrierStatus> = {
  '11': 'picked_up',
  '21': 'in_transit',
  '41': 'in_transit',
  '91': 'delivered',
  '99': 'failed',
}

/** Hanjin's waybill API. Tested against a local fake only: Hanjin gives its documentation to customers alone. */
export const hanjinCarrier = ({ url, key, pollMs }: Settings): Carrier => {
  const call = carrierApi('hanjin', url, () => ({ 'x-api-key': key }))
  return {
    async createLabel({ shipmentId, trackingNumber, address, lines }) {
      const body = {
        custOrdNo: `shipment-${shipmentId}`,
        memo: trackingNumber,
        receiver: typeof address === 'string' ? { addr: address } : address,
        boxCount: 1,
        pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      }
      const answer = await call('POST', '/v1/waybills', { body, headers: { 'idempotency-key': `shipment-${shipmentId}` } })
      return { reference: requiredText('hanjin', answer, 'wblNo') }
    },
    async cancelLabel({ shipmentId, reference }) {
      await call('DELETE', `/v1/waybills/${encodeURIComponent(reference ?? `shipment-${shipmentId}`)}`, { mayBeMissing: true })
    },
    async trackParcel({ reference }) {
      const answer = await call('GET', `/v1/waybills/${encodeURIComponent(reference)}`, { mayBeMissing: true })
      return statusOf[textAt(answer, 'statusCode') ?? '']
    },
    pollMs,
  }
}
