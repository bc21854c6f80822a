import type { Http } from '#shared/http'
import { closed, integerText, ProductId, Sku, t } from '#shared/schema'
import type { ProductService } from './compose'
import { ProductView, productView, VersionedPriceView, versionedPriceView } from './model'

/** A product with the versions of its parts, which come from other services. */
const CatalogItem = t.Object({
  version: t.Integer(),
  product: ProductView,
  levels: t.Array(t.Object({ sku: t.String(), available: t.Integer(), version: t.Integer() })),
  rating: t.Optional(t.Object({ average: t.Number(), count: t.Integer(), version: t.Integer() })),
})

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
      internal: ['cart', 'order', 'favourite', 'shipping'],
      body: closed({ ids: t.Array(ProductId, { maxItems: 100 }) }),
      response: t.Object({ items: t.Array(VersionedPriceView) }),
      detail: {
        summary: 'What carts, orders, favourites and quotes of shipping need to know of products; one that does not exist is left out',
      },
    })
    .get(
      '/catalog',
      async ({ query }) => ({
        items: (await products.catalogAfter(query.after, query.limit)).map(row => ({
          version: row.version,
          levels: row.levels.map(({ sku, available, version }) => ({ sku, available, version })),
          product: productView(row),
          ...(row.rating && { rating: row.rating }),
        })),
      }),
      {
        internal: ['search'],
        query: closed({ after: t.Optional(ProductId), limit: integerText({ minimum: 1, maximum: 100, default: 100 }) }),
        response: t.Object({ items: t.Array(CatalogItem) }),
        detail: { summary: 'The whole catalog in the order of its ids, archived products too, to make an index of it' },
      },
    )
    .get('/catalog/count', async () => ({ active: await products.countActive() }), {
      internal: ['discovery'],
      response: t.Object({ active: t.Integer() }),
      detail: { summary: 'How many products are on sale, to compare with the index’s' },
    })
