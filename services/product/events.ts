import { inventoryUpdated, ratingSummaryUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import type { ProductService } from './compose'

export const productHandlers = ({ learn }: Pick<ProductService, 'learn'>) => [
  on(inventoryUpdated, ({ aggregate: { version }, data: { product_id: productId, sku, available } }) =>
    learn({ productId, level: { sku, available, version } }),
  ),
  on(ratingSummaryUpdated, ({ aggregate: { version }, data: { product_id: productId, average, count } }) =>
    learn({ productId, rating: { average, count, version } }),
  ),
]
