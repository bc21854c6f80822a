import { Currency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { closed, named, oneOf, ProductId, Sku, type Static, Time, t, text } from '#shared/schema'
import { linesColumn, type ReturnRow } from './database'
import { bareLine } from './domain'
import { returnStatuses } from './domain-returns'
import { Money, orderedProduct } from './model'

export const NewReturn = named(
  'NewReturn',
  closed(
    {
      lines: t.Array(named('NewReturnLine', closed(orderedProduct)), { minItems: 1, maxItems: 100 }),
      reason: text(500, 'It does not fit.'),
    },
    { examples: [{ lines: [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }], reason: 'It does not fit.' }] },
  ),
)
export type NewReturn = Static<typeof NewReturn>

export const ReturnRejection = named(
  'ReturnRejection',
  closed(
    { reason: t.Optional(text(500, 'It was worn.')) },
    { description: 'The customer reads the reason', examples: [{ reason: 'It was worn.' }] },
  ),
)
const Status = named('ReturnStatus', oneOf(returnStatuses))
export const ReturnList = closed({ ...PageQuery.properties, status: t.Optional(oneOf(returnStatuses)) })
export type ReturnList = Static<typeof ReturnList>

export const ReturnView = named(
  'Return',
  t.Object({
    id: t.Integer(),
    order_id: t.Integer(),
    user_id: t.Integer(),
    status: Status,
    reason: t.String({ examples: ['It does not fit.'] }),
    reject_reason: t.Optional(t.String({ description: 'Why it was rejected', examples: ['It was worn.'] })),
    lines: t.Array(named('ReturnLine', t.Object({ product_id: ProductId, sku: Sku, quantity: t.Integer() }))),
    refund_amount: t.Optional(Money),
    shipment_id: t.Optional(t.Integer({ description: 'The parcel that came back, of a return that nobody asked for' })),
    currency: Currency,
    created_at: Time,
    updated_at: Time,
  }),
)
export type ReturnView = Static<typeof ReturnView>

export const returnView = (row: ReturnRow, currency: string): ReturnView => ({
  id: row.id,
  order_id: row.order_id,
  user_id: row.user_id,
  status: row.status,
  reason: row.reason,
  ...(row.reject_reason !== null && { reject_reason: row.reject_reason }),
  // The lines of a parcel that came back also name its warehouse, which is no business of the buyer.
  lines: linesColumn.read(row.lines).map(bareLine),
  ...(row.refund_amount !== null && { refund_amount: toMajor(row.refund_amount, currency) }),
  ...(row.shipment_id !== null && { shipment_id: row.shipment_id }),
  currency,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
