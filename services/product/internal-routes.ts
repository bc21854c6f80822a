import type { Http } from '#shared/http'
import { closed, Sku, t } from '#shared/schema'
import type { ProductService } from './compose'

export const internalRoutes = ({ http, products }: Pick<ProductService, 'products'> & { http: Http }) =>
  http('/internal').post('/stock', async ({ body }) => ({ stock: await products.shownStock(body.skus) }), {
    internal: ['discovery'],
    body: closed({ skus: t.Array(Sku, { maxItems: 5000, examples: [['NB-14-512']] }) }),
    response: t.Object({ stock: t.Record(t.String(), t.Integer()) }),
    detail: { summary: 'The stock shown for each SKU, to compare with inventory’s' },
  })
