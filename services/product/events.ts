import { inventoryUpdated, ratingSummaryUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import type { ProductService } from './compose'

export const productHandlers = ({ products }: Pick<ProductService, 'products'>) => [
  on(inventoryUpdated, ({ aggregate, data: { product_id, sku, available } }) =>
    products.updateStockLevel(product_id, { sku, available, version: aggregate.version }),
  ),
  on(ratingSummaryUpdated, ({ aggregate, data: { product_id, average, count } }) =>
    products.updateRating(product_id, { average, count, version: aggregate.version }),
  ),
]
