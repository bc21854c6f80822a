import type { Reported } from '../domain'
import type { Carrier } from './carrier'
import { carrierCall, requiredText, textAt } from './carrier-rest'

interface Settings {
  url: string
  key: string
  askAgainMs: number
}

const statusOf: Record<string, Reported> = { '11': 'picked_up', '21': 'in_transit', '41': 'in_transit', '91': 'delivered', '99': 'failed' }

/** Hanjin's waybills: made, followed and taken back. Tried against a local fake, not with Hanjin itself, which gives its documents to customers only. */
export const hanjinCarrier = ({ url, key, askAgainMs }: Settings): Carrier => {
  const call = carrierCall('hanjin', url, () => ({ 'x-api-key': key }))
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
      await call('DELETE', `/v1/waybills/${encodeURIComponent(reference ?? `shipment-${shipmentId}`)}`, { missing: true })
    },
    async whereabouts({ reference }) {
      const answer = await call('GET', `/v1/waybills/${encodeURIComponent(reference)}`, { missing: true })
      return statusOf[textAt(answer, 'statusCode') ?? '']
    },
    askAgainMs,
  }
}
