import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'
import type { ServiceName } from '../platform'
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
const shipmentEvent = (type: string, to: readonly ServiceName[] = ['order']) =>
  defineEvent(type, { from: 'shipping', to, aggregate: 'shipment', data: shipment })

export const shipmentCreated = shipmentEvent('shipment.created')
export const shipmentUpdated = shipmentEvent('shipment.updated', ['order', 'notification'])
export const shipmentDelivered = shipmentEvent('shipment.delivered')
