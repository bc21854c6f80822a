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
const shipmentEvent = (type: string, to: 'order' | 'notification') =>
  defineEvent(type, { from: 'shipping', to: [to], aggregate: 'shipment', data: shipment })

/** The stock of a parcel is committed; somebody has to pack it now. Its carrier is `pickup` where the buyer collects it. */
export const shipmentCreated = shipmentEvent('shipment.created', 'order')
/** A parcel that its buyer collects is packed, and waits for them. */
export const shipmentReady = shipmentEvent('shipment.ready', 'notification')
export const shipmentUpdated = defineEvent('shipment.updated', {
  from: 'shipping',
  to: ['order', 'notification'],
  values: ({ status }) => ({ status }),
  when: { notification: [{ status: 'picked_up' }, { status: 'in_transit' }] },
  aggregate: 'shipment',
  data: shipment,
})
export const shipmentDelivered = shipmentEvent('shipment.delivered', 'order')
