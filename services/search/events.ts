import { inventoryUpdated, productCreated, productDeleted, productUpdated, ratingSummaryUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import type { SearchService } from './compose'
import { knownOf } from './known-product'
import { recommendationHandlers } from './recommendation-events'

/** No handler needs an inbox: of two versions the newer one stays, so a message that comes twice or late changes nothing. */
export const searchHandlers = ({
  products,
  learnStock,
  ...recommending
}: Pick<SearchService, 'products' | 'learnStock' | 'boughtTogether' | 'countOrder' | 'history'>) => [
  on(productCreated, ({ aggregate: { version }, data }) => products.put(knownOf({ version, product: data }))),
  on(productUpdated, ({ aggregate: { version }, data }) => products.put(knownOf({ version, product: data }))),
  on(productDeleted, ({ aggregate: { version }, data: { product_id } }) =>
    products.put({ id: product_id, version, sellable: [], levels: {} }),
  ),
  on(inventoryUpdated, ({ aggregate: { version }, data: { product_id, sku, available } }) =>
    learnStock({ product_id, sku, version, available }),
  ),
  on(ratingSummaryUpdated, ({ aggregate: { version }, data: { product_id, average, count } }) =>
    products.setRating(product_id, { version, average, count }),
  ),
  ...recommendationHandlers(recommending),
]
