import { invalid, notFound } from '#shared/errors'
import { requireMatch } from '#shared/etag'
import type { Publish } from '#shared/event'
import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Sql } from '#shared/sql'
import type { InventoryDb, SkuRow, StockRow, Trx } from './database'
import { productStockVersion } from './domain'
import { stockView } from './model'
import { lockProductStock, type MovementCause, moveStock, type SkuStock, type StockBySku, saveSkuStock, stockRowIn } from './sku-stock'
import { requireWarehouse } from './warehouses'

/** A product with several SKUs has several stocks, so the caller names one of them. */
interface Target {
  productId: string
  sku?: string | undefined
}
interface Adjustment extends Pick<MovementCause, 'userId' | 'reason'> {
  warehouse: string
  headers: Record<string, string | undefined>
}

const targetStock = (stockBySku: StockBySku, sku: string | undefined): SkuStock => {
  const known = [...stockBySku.values()].filter(({ totals }) => totals.opened === 1)
  const onSale = known.filter(({ totals }) => totals.archived === 0)
  if (sku === undefined && onSale.length > 1) throw invalid('sku_required', 'This product has several SKUs; name one of them in `sku`.')
  const found = sku === undefined ? (onSale[0] ?? known[0]) : known.find(({ totals }) => totals.sku === sku)
  if (!found) throw notFound('stock')
  return found
}

/** Manual changes by an administrator. */
export const stockAdjustments = (sql: Sql<InventoryDb>) => {
  const versionOf = (stockBySku: StockBySku) => productStockVersion([...stockBySku.values()].map(({ totals }) => totals))

  const change = async (
    trx: Trx,
    publish: Publish,
    { productId, sku }: Target,
    { kind, deltaOf }: { kind: MovementCause['kind']; deltaOf(before: number): number },
    { warehouse, headers, ...cause }: Adjustment,
  ): Promise<StockRow> => {
    await requireWarehouse(trx, warehouse)
    const stockBySku = await lockProductStock(trx, productId)
    const stock = targetStock(stockBySku, sku)
    requireMatch(headers, versionOf(stockBySku))
    const row = stockRowIn(stock, warehouse)
    moveStock(stock, row, deltaOf(row.quantity), { kind, ...cause })
    await saveSkuStock(trx, stockBySku, publish)
    const saved = trx.selectFrom('stock').selectAll().where('sku', '=', row.sku).where('warehouse', '=', warehouse)
    return saved.executeTakeFirstOrThrow()
  }

  return {
    set: (target: Target, quantity: number, adjustment: Adjustment): Promise<StockRow> =>
      sql.transaction((trx, publish) => change(trx, publish, target, { kind: 'set', deltaOf: before => quantity - before }, adjustment)),

    /** Once for each idempotency key. */
    adjust: (keyed: KeyedRequest, target: Target, delta: number, adjustment: Adjustment) =>
      idempotently(sql, keyed, save =>
        sql.transaction(async (trx, publish) => {
          const row = await change(trx, publish, target, { kind: 'adjusted', deltaOf: () => delta }, adjustment)
          return save(trx, { status: 200, body: stockView(row) })
        }),
      ),

    setThreshold: ({ productId, sku }: Target, threshold: number, headers: Adjustment['headers']): Promise<SkuRow> =>
      sql.transaction(async (trx, publish) => {
        const stockBySku = await lockProductStock(trx, productId)
        const stock = targetStock(stockBySku, sku)
        requireMatch(headers, versionOf(stockBySku))
        stock.changed = stock.totals.threshold !== threshold
        stock.totals.threshold = threshold
        await saveSkuStock(trx, stockBySku, publish)
        return stock.totals
      }),
  }
}
