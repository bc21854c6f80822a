import type { Http } from '#shared/http'
import { closed, ProductId, Sku, t } from '#shared/schema'
import type { ProductService } from './compose'
import { PriceView, priceView } from './model'

export const internalRoutes = ({ http, products }: Pick<ProductService, 'products'> & { http: Http }) =>
  http('/internal')
    .post('/stock', async ({ body }) => ({ stock: await products.shownStock(body.skus) }), {
      internal: ['discovery'],
      body: closed({ skus: t.Array(Sku, { maxItems: 5000, examples: [['NB-14-512']] }) }),
      response: t.Object({ stock: t.Record(t.String(), t.Integer()) }),
      detail: { summary: 'The stock shown for each SKU, to compare with inventory’s' },
    })
    .post('/prices', async ({ body }) => ({ items: (await products.pricesOf(body.ids)).map(priceView) }), {
      internal: ['cart', 'order'],
      body: closed({ ids: t.Array(ProductId, { maxItems: 100 }) }),
      response: t.Object({ items: t.Array(PriceView) }),
      detail: { summary: 'What a cart and an order need to know of products; one that does not exist is left out' },
    })
