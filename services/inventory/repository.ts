import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped, type Sql } from '#shared/sql'
import type { InventoryDb, MovementRow, SkuRow, StockRow } from './database'

const byNumber = t.Tuple([t.Integer({ minimum: 0 })])
const byText = t.Tuple([t.String()])

/** What is shown of stock. */
export const stockRepository = ({ db }: Pick<Sql<InventoryDb>, 'db'>) => ({
  async ofProduct(productId: string): Promise<{ skus: SkuRow[]; places: StockRow[] }> {
    const [skus, places] = await Promise.all([
      db.selectFrom('skus').selectAll().where('product_id', '=', productId).where('opened', '=', 1).orderBy('sku').execute(),
      db.selectFrom('stock').selectAll().where('product_id', '=', productId).orderBy('id').execute(),
    ])
    return { skus, places }
  },

  skusOnSale: (productIds: readonly string[]): Promise<SkuRow[]> =>
    db.selectFrom('skus').selectAll().where('product_id', 'in', productIds).where('opened', '=', 1).where('archived', '=', 0).execute(),

  async all({ skip, limit, cursor, warehouse }: PageQuery & { warehouse?: string | undefined }): Promise<Page<StockRow>> {
    const filtered = warehouse === undefined ? db.selectFrom('stock') : db.selectFrom('stock').where('warehouse', '=', warehouse)
    const ordered = filtered.selectAll().orderBy('id').limit(limit)
    const [items, total] = await Promise.all([
      (cursor === undefined ? ordered.offset(skip) : ordered.where('id', '>', decodeCursor(cursor, byNumber)[0])).execute(),
      countCapped(db, filtered),
    ])
    return { items, total, nextCursor: cursorAfter(items, limit, ({ id }) => [id]) }
  },

  async low({ skip, limit, cursor }: PageQuery): Promise<Page<SkuRow>> {
    const filtered = db.selectFrom('skus').where('low', '=', 1)
    const ordered = filtered.selectAll().orderBy('sku').limit(limit)
    const [items, total] = await Promise.all([
      (cursor === undefined ? ordered.offset(skip) : ordered.where('sku', '>', decodeCursor(cursor, byText)[0])).execute(),
      countCapped(db, filtered),
    ])
    return { items, total, nextCursor: cursorAfter(items, limit, ({ sku }) => [sku]) }
  },

  async movements(productId: string, { skip, limit, cursor }: PageQuery): Promise<Page<MovementRow>> {
    const filtered = db.selectFrom('movements').where('product_id', '=', productId)
    const ordered = filtered.selectAll().orderBy('id', 'desc').limit(limit)
    const [items, total] = await Promise.all([
      (cursor === undefined ? ordered.offset(skip) : ordered.where('id', '<', decodeCursor(cursor, byNumber)[0])).execute(),
      countCapped(db, filtered),
    ])
    return { items, total, nextCursor: cursorAfter(items, limit, ({ id }) => [id]) }
  },
})
export type Stock = ReturnType<typeof stockRepository>
