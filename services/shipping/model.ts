import { Address } from '#shared/address'
import { Drift } from '#shared/drift'
import { PageQuery } from '#shared/page'
import { closed, Id, integerText, named, oneOf, ProductId, Quantity, Sku, type Static, Time, t } from '#shared/schema'
import { carrierNames, trackingPageOf } from './carriers/carrier'
import { addressColumn, linesColumn, type ShipmentRow, type StepRow } from './database'
import { carrierStatuses, statuses } from './domain'
import type { ShipmentHistory } from './repository'

const Status = named('ShipmentStatus', oneOf(statuses))
const OrderLine = named('ShipmentLine', closed({ product_id: ProductId, sku: t.Optional(Sku), quantity: Quantity }))

export const NewShipment = named(
  'NewShipment',
  closed(
    {
      order_id: Id,
      lines: t.Optional(
        t.Array(OrderLine, { minItems: 1, maxItems: 200, description: 'Without it, all lines of a warehouse that are in no shipment' }),
      ),
      warehouse: t.Optional(
        t.String({
          pattern: '^[a-z0-9][a-z0-9_-]{0,31}$',
          examples: ['main'],
          description: 'The one that packs it; without it, the first that can',
        }),
      ),
      carrier: t.Optional(oneOf(carrierNames)),
    },
    { examples: [{ order_id: 1, lines: [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }] }] },
  ),
)
export const NewStep = named('NewShipmentStep', closed({ status: oneOf(carrierStatuses) }, { examples: [{ status: 'picked_up' }] }))
export const ShipmentsQuery = closed({
  ...PageQuery.properties,
  order_id: t.Optional(integerText({ minimum: 1 })),
  status: t.Optional(Status),
})
export const TrackingParam = closed({
  tracking_number: t.String({ pattern: '^[\\w-]{1,64}$', examples: ['0f0e4a1c6f0b4c579d0e3c1f6f6b2a10'] }),
})
export const DriftView = t.Object({ stuck: Drift })
export const VoidView = t.Object({ voided: t.Boolean() })

const StepView = named('ShipmentStep', t.Object({ status: Status, at: Time }))
const publicFields = {
  tracking_number: t.String({ examples: ['0f0e4a1c6f0b4c579d0e3c1f6f6b2a10'] }),
  carrier: t.String({ examples: ['dhl'] }),
  carrier_tracking_number: t.Union([t.String({ examples: ['00340434161094042557'] }), t.Null()], {
    description: 'The carrier’s own number, once there is a label',
  }),
  carrier_tracking_url: t.Union([t.String({ examples: ['https://carrier.example/00340434161094042557'] }), t.Null()], {
    description: 'Where the carrier shows the parcel',
  }),
  status: Status,
  ready_at: t.Union([Time, t.Null()], {
    description: 'Since when its buyer can collect it; null until then, and for one that a carrier takes',
  }),
}
const publicView = ({ tracking_number, carrier, carrier_reference, status, ready_at }: ShipmentRow) => ({
  tracking_number,
  carrier,
  carrier_tracking_number: carrier_reference,
  carrier_tracking_url: carrier_reference === null ? null : trackingPageOf(carrier, carrier_reference),
  status,
  ready_at: ready_at?.toISOString() ?? null,
})
export const ShipmentView = named(
  'Shipment',
  t.Object({
    id: t.Integer(),
    order_id: t.Integer(),
    user_id: t.Integer(),
    ...publicFields,
    shipping_option: t.String({ examples: ['standard'] }),
    warehouse: t.Union([t.String({ examples: ['main'] }), t.Null()], { description: 'Where it leaves from' }),
    lines: t.Array(named('ShippedLine', t.Object({ product_id: ProductId, sku: Sku, quantity: t.Integer() }))),
    created_at: Time,
    updated_at: Time,
  }),
)
export const ShipmentDetail = named(
  'ShipmentDetail',
  t.Composite([
    ShipmentView,
    t.Object({
      address: t.Union([Address, t.Null()], { description: 'Null once the user is erased' }),
      events: t.Array(StepView, { description: 'Its steps, oldest first' }),
    }),
  ]),
)
/** Public to everyone with the tracking number, so it has no user, no address and no lines. */
export const TrackView = named('Tracking', t.Object({ ...publicFields, events: t.Array(StepView), updated_at: Time }))

export const shipmentView = (row: ShipmentRow): Static<typeof ShipmentView> => {
  const lines = linesColumn.read(row.lines)
  return {
    id: row.id,
    order_id: row.order_id,
    user_id: row.user_id,
    ...publicView(row),
    shipping_option: row.shipping_option,
    warehouse: lines[0]?.warehouse ?? null,
    lines: lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** A version that changed no status, since lines moved to another parcel, is no step. */
const stepsView = (steps: readonly StepRow[]) =>
  steps.filter(({ status }, i) => status !== steps[i - 1]?.status).map(({ status, at }) => ({ status, at: at.toISOString() }))

export const shipmentDetail = ({ row, steps }: ShipmentHistory): Static<typeof ShipmentDetail> => ({
  ...shipmentView(row),
  address: row.address === null ? null : addressColumn.read(row.address),
  events: stepsView(steps),
})

export const trackView = ({ row, steps }: ShipmentHistory): Static<typeof TrackView> => ({
  ...publicView(row),
  events: stepsView(steps),
  updated_at: row.updated_at.toISOString(),
})
