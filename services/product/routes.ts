import { status } from 'elysia'
import { etag, notModified, requireMatch } from '#shared/etag'
import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { booleanText, closed, decimalText, ProductId, Sku, t } from '#shared/schema'
import { changed, opened, replacement } from './domain'
import { ChangedProduct, NewProduct, ProductView, productView, ReplacedProduct } from './model'
import type { Products } from './repository'

const conditional = 'With `If-Match` only while the product has the version of that `ETag`; its stock may differ.'

const ById = closed({ id: ProductId })
const ProductList = closed({
  ...PageQuery.properties,
  category: t.Optional(t.String({ minLength: 1, maxLength: 100, description: 'Name or slug; what lies within it is included' })),
  min_price: t.Optional(decimalText()),
  max_price: t.Optional(decimalText()),
  in_stock: t.Optional(booleanText()),
  tag: t.Optional(t.String({ minLength: 1, maxLength: 64 })),
  sort: t.Optional(t.Union([t.Literal('price'), t.Literal('-price'), t.Literal('name'), t.Literal('-created_at')])),
})

export const productRoutes = ({ http, products }: { http: Http; products: Products }) =>
  http('/api/products')
    .get('/', async ({ query }) => page(await products.list(query), query, productView), {
      public: true,
      query: ProductList,
      response: pageOf(ProductView),
      detail: { summary: 'Products by category, price, stock or tag; newest first unless sorted' },
    })
    .get(
      '/:id',
      async ({ params, headers, set }) => {
        const product = await products.byId(params.id)
        if (notModified({ headers, set }, etag(product.version, product.stock))) return status(304, undefined)
        return productView(product)
      },
      {
        public: true,
        params: ById,
        response: { 200: ProductView, 304: t.Void() },
        detail: { summary: 'A product; an archived one still answers, with its status' },
      },
    )
    .get(
      '/by-sku/:sku',
      async ({ params, headers, set }) => {
        const product = await products.bySku(params.sku)
        if (notModified({ headers, set }, etag(product.version, product.stock))) return status(304, undefined)
        return productView(product)
      },
      {
        public: true,
        params: closed({ sku: Sku }),
        response: { 200: ProductView, 304: t.Void() },
        detail: { summary: 'The product that a SKU belongs to, as its own or as a variant' },
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
        body: closed({ ids: t.Array(ProductId, { minItems: 1, maxItems: 100, examples: [['507f1f77bcf86cd799439011']] }) }),
        response: t.Object({ items: t.Array(ProductView), missing: t.Array(t.String()) }),
        detail: { summary: 'Up to 100 products in the order asked, archived ones too' },
      },
    )
    .post(
      '/',
      async ({ body, set }) => {
        const row = await products.add(opened(body, new Date()))
        set.headers.location = `/api/products/${row._id.toHexString()}`
        set.headers.etag = etag(row.version, row.stock)
        return status(201, productView(row))
      },
      {
        auth: 'admin',
        body: NewProduct,
        response: { 201: ProductView },
        detail: { summary: 'A new product with its opening stock; an unknown category is made' },
      },
    )
    .put(
      '/:id',
      async ({ params, body, headers, set }) => {
        const row = await products.change(params.id, product => {
          requireMatch(headers, product.version)
          return changed(product, replacement(body), new Date())
        })
        set.headers.etag = etag(row.version, row.stock)
        return productView(row)
      },
      {
        auth: 'admin',
        params: ById,
        body: ReplacedProduct,
        response: ProductView,
        detail: { summary: 'Replaces what is said of a product; stock is inventory’s', description: conditional },
      },
    )
    .patch(
      '/:id',
      async ({ params, body, headers, set }) => {
        const row = await products.change(params.id, product => {
          requireMatch(headers, product.version)
          return changed(product, body, new Date())
        })
        set.headers.etag = etag(row.version, row.stock)
        return productView(row)
      },
      {
        auth: 'admin',
        params: ById,
        body: ChangedProduct,
        response: ProductView,
        detail: { summary: 'Changes some of a product; stock is inventory’s', description: conditional },
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
        params: ById,
        response: { 204: t.Void() },
        detail: { summary: 'Archives a product: it leaves the lists, orders still find it', description: conditional },
      },
    )
