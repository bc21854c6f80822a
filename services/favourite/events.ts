import { inventoryUpdated, productDeleted, productUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import { toMinor } from '#shared/money'
import { eraseOn } from '#shared/personal-data'
import type { FavouriteService } from './compose'

export const favouriteHandlers = ({ hearNews, personalData }: Pick<FavouriteService, 'hearNews' | 'personalData'>) => [
  on(productUpdated, ({ aggregate: { version }, data: { id, price, currency, sku, variants } }) => {
    const skus = variants.length === 0 ? [sku] : variants.map(variant => variant.sku)
    return hearNews(id, { catalog: { version, price: toMinor(price, currency), currency, skus } })
  }),
  on(productDeleted, ({ aggregate: { version }, data }) => hearNews(data.product_id, { catalog: { version, gone: true } })),
  on(inventoryUpdated, ({ aggregate: { version }, data: { product_id, sku, available } }) =>
    hearNews(product_id, { levels: [{ sku, available, version }] }),
  ),
  eraseOn((_, userId) => personalData.forget(userId)),
]
