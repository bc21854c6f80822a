import { invalid, notFound } from '#shared/errors'
import { requireMatch } from '#shared/etag'
import type { Sql } from '#shared/sql'
import type { InventoryDb, SkuRow, StockRow } from './database'
import { productStockVersion } from './domain'
import { lockProductStock, type MovementCause, moveStock, type SkuStock, type StockBySku, saveSkuStock, stockRowIn } from './sku-stock'

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
export const stockAdjustments = ({ transaction }: Pick<Sql<InventoryDb>, 'transaction'>) => {
  const change = (
    { productId, sku }: Target,
    kind: MovementCause['kind'],
    deltaOf: (before: number) => number,
    { warehouse, headers, ...cause }: Adjustment,
  ) =>
    transaction(async (trx, publish): Promise<StockRow> => {
      const stockBySku = await lockProductStock(trx, productId)
      const stock = targetStock(stockBySku, sku)
      requireMatch(headers, productStockVersion([...stockBySku.values()].map(({ totals }) => totals)))
      const row = await stockRowIn(trx, stock, warehouse)
      await moveStock(trx, stock, row, deltaOf(row.quantity), { kind, ...cause })
      await saveSkuStock(trx, stockBySku, publish)
      return trx.selectFrom('stock').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow()
    })

  return {
    set: (target: Target, quantity: number, adjustment: Adjustment) => change(target, 'set', before => quantity - before, adjustment),
    adjust: (target: Target, delta: number, adjustment: Adjustment) => change(target, 'adjusted', () => delta, adjustment),

    setThreshold: ({ productId, sku }: Target, threshold: number): Promise<SkuRow> =>
      transaction(async (trx, publish) => {
        const stockBySku = await lockProductStock(trx, productId)
        const stock = targetStock(stockBySku, sku)
        stock.changed = stock.totals.threshold !== threshold
        stock.totals.threshold = threshold
        await saveSkuStock(trx, stockBySku, publish)
        return stock.totals
      }),
  }
}
