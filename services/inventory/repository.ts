import { afterId, newestFirst, type Page, type PageQuery } from '#shared/page'
import { countCapped, pageBy, type Sql } from '#shared/sql'
import type { InventoryDb, MovementRow, SkuRow, StockRow } from './database'

export const stockRepository = ({ db }: Pick<Sql<InventoryDb>, 'db'>) => ({
  async ofProduct(productId: string): Promise<{ skus: SkuRow[]; stock: StockRow[] }> {
    const [skus, stock] = await Promise.all([
      db.selectFrom('skus').selectAll().where('product_id', '=', productId).where('opened', '=', 1).orderBy('sku').execute(),
      db.selectFrom('stock').selectAll().where('product_id', '=', productId).orderBy('id').execute(),
    ])
    return { skus, stock }
  },

  /** Archived ones, too. */
  openedSkus: (productIds: readonly string[]): Promise<SkuRow[]> =>
    db.selectFrom('skus').selectAll().where('product_id', 'in', productIds).where('opened', '=', 1).execute(),

  skusOnSale: (productIds: readonly string[]): Promise<SkuRow[]> =>
    db.selectFrom('skus').selectAll().where('product_id', 'in', productIds).where('opened', '=', 1).where('archived', '=', 0).execute(),

  all({ warehouse, ...query }: PageQuery & { warehouse?: string | undefined }): Promise<Page<StockRow>> {
    const filtered = warehouse === undefined ? db.selectFrom('stock') : db.selectFrom('stock').where('warehouse', '=', warehouse)
    return pageBy(db, filtered.selectAll(), 'id', query)
  },

  lowStock: (query: PageQuery): Promise<Page<SkuRow>> => pageBy(db, db.selectFrom('skus').where('low', '=', 1).selectAll(), 'sku', query),

  async movements(productId: string, query: PageQuery): Promise<Page<MovementRow>> {
    const { below, skip } = newestFirst(query)
    const filtered = db.selectFrom('movements').where('product_id', '=', productId)
    const rest = below === undefined ? filtered : filtered.where('id', '<', below)
    const [items, total] = await Promise.all([
      rest.selectAll().orderBy('id', 'desc').limit(query.limit).offset(skip).execute(),
      countCapped(db, filtered),
    ])
    return { items, total, nextCursor: afterId(items, query.limit) }
  },
})
