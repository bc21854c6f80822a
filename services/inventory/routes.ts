import { notFound } from '#shared/errors'
import { etag, notModified } from '#shared/etag'
import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { t } from '#shared/schema'
import { mainWarehouse } from './domain'
import {
  AdjustStock,
  Check,
  CheckView,
  checkView,
  DriftQuery,
  DriftView,
  LowView,
  lowView,
  MovementView,
  movementView,
  ProductParam,
  ProductStockView,
  productStockView,
  SetStock,
  SetThreshold,
  StockQuery,
  StockView,
  stockView,
} from './model'
import type { Stock } from './repository'

export interface InventoryDeps {
  http: Http
  stock: Stock
}

export const stockRoutes = ({ http, stock }: InventoryDeps) =>
  http('/api/inventory')
    .get('/', async ({ query }) => page(await stock.all(query), query, stockView), {
      auth: 'admin',
      query: StockQuery,
      response: { 200: pageOf(StockView) },
      detail: { summary: 'All stock, by SKU and warehouse' },
    })
    .get('/low-stock', async ({ query }) => page(await stock.low(query), query, lowView), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(LowView) },
      detail: { summary: 'What is at its threshold or below' },
    })
    .post(
      '/check',
      async ({ body: { items } }) => checkView(items, await stock.ofProducts([...new Set(items.map(item => item.product_id))])),
      {
        public: true,
        body: Check,
        response: { 200: CheckView },
        detail: { summary: 'Could all of this be had right now?' },
      },
    )
    .get(
      '/:product_id',
      async context => {
        const { product_id } = context.params
        const found = await stock.ofProduct(product_id)
        if (!found) throw notFound('stock')
        // Of one SKU this is the tag that a change is held against.
        const version = found.skus.reduce((sum, sku) => sum + sku.version, 0)
        if (notModified(context, etag(version))) return context.status(304, undefined)
        return productStockView(product_id, found.places)
      },
      {
        public: true,
        params: ProductParam,
        response: { 200: ProductStockView, 304: t.Void() },
        detail: { summary: 'What there is of a product' },
      },
    )
    .put(
      '/:product_id',
      async ({ params, body: { quantity, sku, warehouse = mainWarehouse }, user, headers }) =>
        stockView(await stock.set({ productId: params.product_id, sku, warehouse }, quantity, { userId: user.id, headers })),
      {
        auth: 'admin',
        params: ProductParam,
        body: SetStock,
        response: { 200: StockView },
        detail: { summary: 'Set what is on hand', description: 'Not below what is reserved (409).' },
      },
    )
    .post(
      '/:product_id/adjust',
      async ({ params, body: { delta, reason, sku, warehouse = mainWarehouse }, user, headers }) =>
        stockView(await stock.adjust({ productId: params.product_id, sku, warehouse }, delta, { userId: user.id, reason, headers })),
      {
        auth: 'admin',
        params: ProductParam,
        body: AdjustStock,
        response: { 200: StockView },
        detail: { summary: 'Add to what is on hand or take away, with the reason' },
      },
    )
    .get(
      '/:product_id/movements',
      async ({ params, query }) => page(await stock.movements(params.product_id, query), query, movementView),
      {
        auth: 'admin',
        params: ProductParam,
        query: PageQuery,
        response: { 200: pageOf(MovementView) },
        detail: { summary: 'Every change of what is on hand, newest first; their sum is the stock' },
      },
    )
    .put(
      '/:product_id/threshold',
      async ({ params, body }) => lowView(await stock.setThreshold(params.product_id, body.sku, body.threshold)),
      {
        auth: 'admin',
        params: ProductParam,
        body: SetThreshold,
        response: { 200: LowView },
        detail: { summary: 'From how few pieces on stock counts as low' },
      },
    )

export const internalRoutes = ({ http, stock }: InventoryDeps) =>
  http('/internal').get('/drift', ({ query }) => stock.drift(new Date(query.since), new Date(query.until)), {
    internal: ['discovery'],
    query: DriftQuery,
    response: { 200: DriftView },
    detail: { summary: 'What changed in a window, and what does not add up' },
  })
