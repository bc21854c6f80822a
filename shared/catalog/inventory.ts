import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'
import type { ServiceName } from '../platform'
import { orderLine } from './fields'

const reservation = t.Object({
  order_id: t.Integer(),
  expires_at: t.Optional(t.String()),
  reason: t.Optional(t.String()),
  lines: t.Array(orderLine),
})
const reservationEvent = (type: string, to: readonly ServiceName[]) =>
  defineEvent(type, { from: 'inventory', to, aggregate: 'reservation', data: reservation })

export const inventoryReserved = reservationEvent('inventory.reserved', ['order'])
export const inventoryRejected = reservationEvent('inventory.rejected', ['order'])
export const inventoryCommitted = reservationEvent('inventory.committed', ['order', 'shipping'])
export const inventoryCommitFailed = reservationEvent('inventory.commit_failed', ['order'])
export const inventoryReleased = reservationEvent('inventory.released', [])

const stockLevel = t.Object({
  product_id: t.String(),
  sku: t.String(),
  quantity: t.Integer(),
  reserved: t.Integer(),
  available: t.Integer(),
})
/** Who shows what can be bought has nothing to learn when reserved pieces leave the warehouse. */
const moved = [{ moved: true }]
/** The aggregate is the SKU, summed over warehouses. */
export const inventoryUpdated = defineEvent('inventory.updated', {
  from: 'inventory',
  to: ['product', 'favourite', 'search'],
  values: ({ available, previous }) => ({ moved: available !== previous }),
  when: { product: moved, favourite: moved, search: moved },
  aggregate: 'stock',
  data: t.Composite([
    stockLevel,
    t.Object({
      /** What was available before this change. Absent in the first event of a SKU, and in those of an earlier release. */
      previous: t.Optional(t.Integer()),
    }),
  ]),
})
export const inventoryLow = defineEvent('inventory.low', { from: 'inventory', to: ['notification'], aggregate: 'stock', data: stockLevel })
