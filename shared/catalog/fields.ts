import { Type as t } from '@sinclair/typebox'

/** Parts of payloads that events of several services share. */

export const orderLine = t.Object({
  product_id: t.String(),
  sku: t.String(),
  quantity: t.Integer({ minimum: 1 }),
  /** Where the pieces come from or go back to, once inventory has decided it. */
  warehouse: t.Optional(t.String()),
})
export const orderLines = t.Array(orderLine, { minItems: 1 })
