import { notFound } from '#shared/errors'
import { etag, notModified } from '#shared/etag'
import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { PageQuery, page, pageOf } from '#shared/page'
import { IdempotencyHeader, t } from '#shared/schema'
import type { InventoryService } from './compose'
import { mainWarehouse, productStockVersion } from './domain'
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

type Deps = Pick<InventoryService, 'stock' | 'adjustments'> & { http: Http }

export const stockRoutes = ({ http, stock, adjustments }: Deps) =>
  http('/api/inventory')
    .get('/', async ({ query }) => page(await stock.all(query), query, stockView), {
      auth: 'admin',
      query: StockQuery,
      response: { 200: pageOf(StockView) },
      detail: { operationId: 'listStock', summary: 'All stock, by SKU and warehouse' },
    })
    .get('/low-stock', async ({ query }) => page(await stock.lowStock(query), query, lowView), {
      auth: 'admin',
      query: PageQuery,
      response: { 200: pageOf(LowView) },
      detail: { operationId: 'listLowStock', summary: 'SKUs at their threshold or below' },
    })
    .post(
      '/check',
      async ({ body: { items } }) => checkView(items, await stock.skusOnSale([...new Set(items.map(item => item.product_id))])),
      {
        public: true,
        body: Check,
        response: { 200: CheckView },
        repeats: 'changes nothing',
        detail: { operationId: 'checkStock', summary: 'Whether all of these items are available right now' },
      },
    )
    .get(
      '/:product_id',
      async ({ params: { product_id }, headers, set, status }) => {
        const { skus, stock: rows } = await stock.ofProduct(product_id)
        if (skus.length === 0) throw notFound('stock')
        if (notModified({ headers, set }, etag(productStockVersion(skus)))) return status(304, undefined)
        return productStockView(product_id, skus, rows)
      },
      {
        public: true,
        params: ProductParam,
        response: { 200: ProductStockView, 304: t.Void() },
        problems: ['stock_not_found'],
        detail: { operationId: 'getProductStock', summary: 'The stock of a product' },
      },
    )
    .put(
      '/:product_id',
      async ({ params: { product_id: productId }, body: { quantity, sku, warehouse = mainWarehouse }, user, headers }) =>
        stockView(await adjustments.set({ productId, sku }, quantity, { warehouse, userId: user.id, headers })),
      {
        auth: 'admin',
        params: ProductParam,
        body: SetStock,
        response: { 200: StockView },
        problems: ['stock_not_found', 'sku_required', 'unknown_warehouse', 'reserved_stock', 'too_much_stock', 'stale'],
        detail: {
          operationId: 'setStock',
          summary: 'Set the quantity on hand',
          description: 'It cannot be less than what is reserved (409).',
        },
      },
    )
    .post(
      '/:product_id/adjust',
      async ({ params: { product_id: productId }, body, user, headers, set }) => {
        const { delta, reason, sku, warehouse = mainWarehouse } = body
        const keyed = { scope: `${user.id} POST /api/inventory/${productId}/adjust`, key: headers['idempotency-key'], body }
        return replyWith(set, await adjustments.adjust(keyed, { productId, sku }, delta, { warehouse, userId: user.id, reason, headers }))
      },
      {
        auth: 'admin',
        params: ProductParam,
        headers: IdempotencyHeader,
        body: AdjustStock,
        response: { 200: StockView },
        problems: ['stock_not_found', 'sku_required', 'unknown_warehouse', 'not_enough_stock', 'reserved_stock', 'too_much_stock', 'stale'],
        detail: { operationId: 'adjustStock', summary: 'Add to the quantity on hand or subtract from it, with a reason' },
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
        detail: {
          operationId: 'listStockMovements',
          summary: 'Every change of the quantity on hand, newest first; their sum is the stock',
        },
      },
    )
    .put(
      '/:product_id/threshold',
      async ({ params, body: { sku, threshold }, headers }) =>
        lowView(await adjustments.setThreshold({ productId: params.product_id, sku }, threshold, headers)),
      {
        auth: 'admin',
        params: ProductParam,
        body: SetThreshold,
        response: { 200: LowView },
        problems: ['stock_not_found', 'sku_required', 'stale'],
        detail: { operationId: 'setStockThreshold', summary: 'Set the quantity at which stock counts as low' },
      },
    )
