import { inventoryUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import type { Products } from './repository'

export const productHandlers = ({ products }: { products: Products }) => [
  on(inventoryUpdated, ({ aggregate, data: { product_id, sku, available } }) =>
    products.learnStock(product_id, { sku, available, version: aggregate.version }),
  ),
]
