import { notFound } from '#shared/errors'
import { etag, notModified } from '#shared/etag'
import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { t } from '#shared/schema'
import { type StockByHand, versionOf } from './by-hand'
import { mainWarehouse } from './domain'
import {
  AdjustStock,
  Check,
  CheckView,
  checkView,
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

interface Deps {
  http: Http
  stock: Stock
  byHand: StockByHand
}

export const stockRoutes = ({ http, stock, byHand }: Deps) =>
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
      async ({ body: { items } }) => checkView(items, await stock.skusOnSale([...new Set(items.map(item => item.product_id))])),
      {
        public: true,
        body: Check,
        response: { 200: CheckView },
        detail: { summary: 'Could all of this be had right now?' },
      },
    )
    .get(
      '/:product_id',
      async ({ params: { product_id }, headers, set, status }) => {
        const { skus, places } = await stock.ofProduct(product_id)
        if (skus.length === 0) throw notFound('stock')
        if (notModified({ headers, set }, etag(versionOf(skus)))) return status(304, undefined)
        return productStockView(product_id, skus, places)
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
      async ({ params: { product_id: productId }, body: { quantity, sku, warehouse = mainWarehouse }, user, headers }) =>
        stockView(await byHand.set({ productId, sku }, quantity, { warehouse, userId: user.id, headers })),
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
      async ({ params: { product_id: productId }, body: { delta, reason, sku, warehouse = mainWarehouse }, user, headers }) =>
        stockView(await byHand.adjust({ productId, sku }, delta, { warehouse, userId: user.id, reason, headers })),
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
      async ({ params, body: { sku, threshold } }) => lowView(await byHand.setThreshold({ productId: params.product_id, sku }, threshold)),
      {
        auth: 'admin',
        params: ProductParam,
        body: SetThreshold,
        response: { 200: LowView },
        detail: { summary: 'From how few pieces on stock counts as low' },
      },
    )
