import type { CarrierStatus } from '../domain'
import type { AddressFields, Carrier, Contact } from './carrier'
import { carrierApi, fieldsOf, kilograms, requiredText, streetLines, textAt } from './rest'

interface Settings {
  url: string
  key: string
  customerCode: string
  pollMs: number
}

const statusOf: Record<string, CarrierStatus> = {
  '11': 'picked_up',
  '21': 'in_transit',
  '41': 'in_transit',
  '91': 'delivered',
  '95': 'returned',
  '99': 'failed',
}

const partyOf = ({ name, phone }: Contact, address: AddressFields) => ({
  name,
  tel: phone,
  zip: address.postal_code ?? '',
  addr: [...streetLines(address), address.city, ...(address.region === undefined ? [] : [address.region])].join(', '),
  country: address.country,
})

/** Hanjin's waybill API. Tested against a local fake only: Hanjin gives its documentation to customers alone. */
export const hanjinCarrier = ({ url, key, customerCode, pollMs }: Settings): Carrier => {
  const call = carrierApi('hanjin', url, () => ({ 'x-api-key': key }))
  return {
    async createLabel({ shipmentId, trackingNumber, sender, recipient, address, pieces, grams }) {
      const to = fieldsOf('hanjin', address)
      const body = {
        custEdiCd: customerCode,
        custOrdNo: `shipment-${shipmentId}`,
        memo: trackingNumber,
        sender: partyOf(sender, sender),
        receiver: partyOf(await recipient(), to),
        boxCount: 1,
        pieces,
        weightKg: kilograms(grams),
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
