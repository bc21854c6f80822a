import type { Http } from '#shared/http'
import { closed, ProductId, Sku, t } from '#shared/schema'
import type { ProductService } from './compose'
import { VersionedPriceView, versionedPriceView } from './model'

export const internalRoutes = ({ http, products }: Pick<ProductService, 'products'> & { http: Http }) =>
  http('/internal')
    .post('/stock', async ({ body }) => ({ stock: await products.shownStock(body.skus) }), {
      internal: ['discovery'],
      body: closed({ skus: t.Array(Sku, { maxItems: 5000, examples: [['NB-14-512']] }) }),
      response: t.Object({ stock: t.Record(t.String(), t.Integer()) }),
      detail: { summary: 'The stock shown for each SKU, to compare with inventory’s' },
    })
    .post('/ratings', async ({ body }) => ({ ratings: await products.shownRatings(body.ids) }), {
      internal: ['discovery'],
      body: closed({ ids: t.Array(ProductId, { maxItems: 5000 }) }),
      response: t.Object({ ratings: t.Record(t.String(), t.Object({ average: t.Number(), count: t.Integer() })) }),
      detail: { summary: 'The rating shown for each product, to compare with that of its reviews' },
    })
    .post('/prices', async ({ body }) => ({ items: (await products.pricesOf(body.ids)).map(versionedPriceView) }), {
      internal: ['cart', 'order', 'favourite'],
      body: closed({ ids: t.Array(ProductId, { maxItems: 100 }) }),
      response: t.Object({ items: t.Array(VersionedPriceView) }),
      detail: { summary: 'What carts, orders and favourites need to know of products; one that does not exist is left out' },
    })
