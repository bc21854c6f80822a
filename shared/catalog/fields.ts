import { Type as t } from '@sinclair/typebox'

/** Parts of payloads that events of several services have in common. */

export const orderLine = t.Object({ product_id: t.String(), sku: t.String(), quantity: t.Integer({ minimum: 1 }) })
export const orderLines = t.Array(orderLine, { minItems: 1 })
