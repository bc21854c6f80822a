import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

const variant = t.Object({ sku: t.String(), attributes: t.Record(t.String(), t.Unknown()), price: t.Number(), stock: t.Integer() })
const product = t.Object({
  id: t.String(),
  name: t.String(),
  description: t.String(),
  price: t.Number(),
  currency: t.String(),
  category: t.String(),
  /** From the top of the tree to the product's own category. Absent in messages of releases that knew none; so is the class. */
  category_ids: t.Optional(t.Array(t.String())),
  tax_class: t.Optional(t.String()),
  stock: t.Integer(),
  sku: t.String(),
  attributes: t.Record(t.String(), t.Unknown()),
  images: t.Array(t.String()),
  tags: t.Array(t.String()),
  variants: t.Array(variant),
  status: t.String(),
  /** As it was shown at that moment. Whoever follows ratings takes them from `rating.summary_updated`. */
  rating: t.Optional(t.Object({ average: t.Number(), count: t.Integer() })),
  created_at: t.String(),
  updated_at: t.String(),
})
const openingStock = t.Array(t.Object({ sku: t.String(), quantity: t.Integer({ minimum: 0 }) }))

export const productCreated = defineEvent('product.created', {
  from: 'product',
  to: ['inventory', 'search'],
  aggregate: 'product',
  data: t.Composite([product, t.Object({ opening_stock: openingStock })]),
})
export const productUpdated = defineEvent('product.updated', {
  from: 'product',
  to: ['inventory', 'favourite', 'search'],
  aggregate: 'product',
  data: product,
})
export const productDeleted = defineEvent('product.deleted', {
  from: 'product',
  to: ['inventory', 'favourite', 'search'],
  aggregate: 'product',
  data: t.Object({ product_id: t.String(), skus: t.Array(t.String()) }),
})
