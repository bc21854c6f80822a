import { afterId, cursorAfter, decodeCursor, newestFirst, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped, type Sql } from '#shared/sql'
import type { InventoryDb, MovementRow, SkuRow, StockRow } from './database'

const idCursor = t.Tuple([t.Integer({ minimum: 0 })])
const skuCursor = t.Tuple([t.String()])

export const stockRepository = ({ db }: Pick<Sql<InventoryDb>, 'db'>) => ({
  async ofProduct(productId: string): Promise<{ skus: SkuRow[]; stock: StockRow[] }> {
    const [skus, stock] = await Promise.all([
      db.selectFrom('skus').selectAll().where('product_id', '=', productId).where('opened', '=', 1).orderBy('sku').execute(),
      db.selectFrom('stock').selectAll().where('product_id', '=', productId).orderBy('id').execute(),
    ])
    return { skus, stock }
  },

  skusOnSale: (productIds: readonly string[]): Promise<SkuRow[]> =>
    db.selectFrom('skus').selectAll().where('product_id', 'in', productIds).where('opened', '=', 1).where('archived', '=', 0).execute(),

  async all({ skip, limit, cursor, warehouse }: PageQuery & { warehouse?: string | undefined }): Promise<Page<StockRow>> {
    const filtered = warehouse === undefined ? db.selectFrom('stock') : db.selectFrom('stock').where('warehouse', '=', warehouse)
    const ordered = filtered.selectAll().orderBy('id').limit(limit)
    const [items, total] = await Promise.all([
      (cursor === undefined ? ordered.offset(skip) : ordered.where('id', '>', decodeCursor(cursor, idCursor)[0])).execute(),
      countCapped(db, filtered),
    ])
    return { items, total, nextCursor: afterId(items, limit) }
  },

  async lowStock({ skip, limit, cursor }: PageQuery): Promise<Page<SkuRow>> {
    const filtered = db.selectFrom('skus').where('low', '=', 1)
    const ordered = filtered.selectAll().orderBy('sku').limit(limit)
    const [items, total] = await Promise.all([
      (cursor === undefined ? ordered.offset(skip) : ordered.where('sku', '>', decodeCursor(cursor, skuCursor)[0])).execute(),
      countCapped(db, filtered),
    ])
    return { items, total, nextCursor: cursorAfter(items, limit, ({ sku }) => [sku]) }
  },

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
