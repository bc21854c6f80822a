import { status } from 'elysia'
import { etag, notModified, requireMatch } from '#shared/etag'
import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { PageQuery, page, pageOf } from '#shared/page'
import { booleanText, closed, decimalText, IdempotencyHeader, ProductId, Sku, t } from '#shared/schema'
import { cacheBriefly } from './cache-briefly'
import type { ProductService } from './compose'
import { demoId } from './demo-product'
import { changeProduct, type Product, productReplacement, stockMark } from './domain'
import { ChangedProduct, NewProduct, ProductBatch, ProductIds, ProductView, productView, ReplacedProduct } from './model'

const conditional = '`If-Match` compares the version of the `ETag` and ignores its stock.'

const ById = closed({ id: ProductId })
/** Examples that change something do so to other demo products than the one that all documentation begins with. */
const byDemoId = (at: number) => closed({ id: t.String({ ...ProductId, examples: [demoId(at)] }) })

const productTag = (product: Product) => etag(product.version, stockMark(product))
const ProductList = closed({
  ...PageQuery.properties,
  category: t.Optional(t.String({ minLength: 1, maxLength: 100, description: 'Name or slug; includes its descendants' })),
  min_price: t.Optional(decimalText()),
  max_price: t.Optional(decimalText()),
  in_stock: t.Optional(booleanText()),
  tag: t.Optional(t.String({ minLength: 1, maxLength: 64 })),
  sort: t.Optional(t.Union([t.Literal('price'), t.Literal('-price'), t.Literal('name'), t.Literal('-created_at')])),
})

export const productRoutes = ({ http, products, addProduct }: Pick<ProductService, 'products' | 'addProduct'> & { http: Http }) =>
  http('/api/products')
    .get(
      '/',
      async ({ query, headers, set }) => {
        cacheBriefly({ headers, set })
        return page(await products.list(query), query, productView)
      },
      {
        public: true,
        query: ProductList,
        response: pageOf(ProductView),
        problems: ['precondition_failed'],
        detail: { operationId: 'listProducts', summary: 'Products by category, price, stock or tag; newest first by default' },
      },
    )
    .get('/archived', async ({ query }) => page(await products.list({ ...query, archived: true }), query, productView), {
      auth: 'admin',
      query: ProductList,
      response: pageOf(ProductView),
      detail: { operationId: 'listArchivedProducts', summary: 'Archived products, with the filters of the list of products' },
    })
    .get(
      '/:id',
      async ({ params, headers, set }) => {
        const product = await products.byId(params.id)
        cacheBriefly({ headers, set })
        if (notModified({ headers, set }, productTag(product))) return status(304, undefined)
        return productView(product)
      },
      {
        public: true,
        params: ById,
        response: { 200: ProductView, 304: t.Void() },
        problems: ['product_not_found', 'precondition_failed'],
        detail: { operationId: 'getProduct', summary: 'A product, archived or not' },
      },
    )
    .get(
      '/by-sku/:sku',
      async ({ params, headers, set }) => {
        const product = await products.bySku(params.sku)
        cacheBriefly({ headers, set })
        if (notModified({ headers, set }, productTag(product))) return status(304, undefined)
        return productView(product)
      },
      {
        public: true,
        params: closed({ sku: Sku }),
        response: { 200: ProductView, 304: t.Void() },
        problems: ['product_not_found', 'precondition_failed'],
        detail: { operationId: 'getProductBySku', summary: 'The product that a SKU belongs to, as its own SKU or as a variant’s' },
      },
    )
    .post(
      '/batch',
      async ({ body }) => {
        const found = new Map((await products.byIds(body.ids)).map(row => [row._id.toHexString(), row]))
        return {
          items: body.ids.flatMap(id => found.get(id) ?? []).map(productView),
          missing: [...new Set(body.ids)].filter(id => !found.has(id)),
        }
      },
      {
        public: true,
        body: ProductIds,
        response: ProductBatch,
        repeats: 'changes nothing',
        detail: { operationId: 'batchGetProducts', summary: 'Up to 100 products in the requested order, including archived ones' },
      },
    )
    .post(
      '/',
      async ({ user, body, headers, set }) => {
        return replyWith(set, await addProduct({ scope: `${user.id} POST /api/products`, key: headers['idempotency-key'] }, body))
      },
      {
        auth: 'admin',
        headers: IdempotencyHeader,
        body: NewProduct,
        response: { 201: ProductView },
        problems: ['invalid_amount', 'invalid_category', 'stock_mismatch', 'sku_taken'],
        detail: { operationId: 'createProduct', summary: 'Create a product with its opening stock; an unknown category is created too' },
      },
    )
    .put(
      '/:id',
      async ({ params, body, headers, set }) => {
        const row = await products.change(params.id, product => {
          requireMatch(headers, product.version)
          return changeProduct(product, productReplacement(body), new Date())
        })
        set.headers.etag = productTag(row)
        return productView(row)
      },
      {
        auth: 'admin',
        params: byDemoId(18),
        body: ReplacedProduct,
        response: ProductView,
        problems: [
          'product_not_found',
          'invalid_amount',
          'invalid_category',
          'stock_is_inventorys',
          'product_archived',
          'sku_taken',
          'stale',
        ],
        detail: {
          operationId: 'replaceProduct',
          summary: 'Replace a product, except its stock, which inventory owns',
          description: conditional,
        },
      },
    )
    .patch(
      '/:id',
      async ({ params, body, headers, set }) => {
        const row = await products.change(params.id, product => {
          requireMatch(headers, product.version)
          return changeProduct(product, body, new Date())
        })
        set.headers.etag = productTag(row)
        return productView(row)
      },
      {
        auth: 'admin',
        params: byDemoId(18),
        body: ChangedProduct,
        response: ProductView,
        problems: [
          'product_not_found',
          'invalid_amount',
          'invalid_category',
          'stock_is_inventorys',
          'product_archived',
          'sku_taken',
          'stale',
        ],
        detail: {
          operationId: 'updateProduct',
          summary: 'Change some fields of a product, except its stock, which inventory owns',
          description: `\`status: "active"\` takes an archived product back into the catalog. ${conditional}`,
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, headers, set }) => {
        await products.archive(params.id, product => requireMatch(headers, product.version))
        set.status = 204
      },
      {
        auth: 'admin',
        params: byDemoId(19),
        response: { 204: t.Void() },
        problems: ['product_not_found', 'stale'],
        detail: {
          operationId: 'archiveProduct',
          summary: 'Archive a product: it leaves the lists, and orders still find it',
          description: `It keeps its SKUs, and PATCH with \`status: "active"\` takes it back. ${conditional}`,
        },
      },
    )
