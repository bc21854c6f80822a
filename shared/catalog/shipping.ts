import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'
import { orderLines } from './fields'

const shipment = t.Object({
  shipment_id: t.Integer(),
  order_id: t.Integer(),
  user_id: t.Integer(),
  tracking_number: t.String(),
  carrier: t.String(),
  status: t.String(),
  lines: orderLines,
})
const shipmentEvent = (type: string) => defineEvent(type, { from: 'shipping', to: ['order'], aggregate: 'shipment', data: shipment })

/** A parcel is packed as soon as its stock is committed. Its carrier is `pickup` where the buyer collects it. */
export const shipmentCreated = defineEvent('shipment.created', {
  from: 'shipping',
  to: ['order', 'notification'],
  values: ({ carrier }) => ({ pickup: carrier === 'pickup' }),
  when: { notification: [{ pickup: true }] },
  aggregate: 'shipment',
  data: shipment,
})
export const shipmentUpdated = defineEvent('shipment.updated', {
  from: 'shipping',
  to: ['order', 'notification'],
  values: ({ status }) => ({ status }),
  when: { notification: [{ status: 'picked_up' }, { status: 'in_transit' }] },
  aggregate: 'shipment',
  data: shipment,
})
export const shipmentDelivered = shipmentEvent('shipment.delivered')
