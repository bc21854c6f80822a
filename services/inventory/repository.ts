import type { Page, PageQuery } from '#shared/page'
import { pageBy, pageNewestFirst, type Sql } from '#shared/sql'
import type { InventoryDb, MovementRow, SkuRow, StockRow } from './database'

export const stockRepository = ({ db }: Pick<Sql<InventoryDb>, 'db'>) => ({
  /** The SKUs first: a tag of their versions is then never newer than the stock that it is sent with. */
  async ofProduct(productId: string): Promise<{ skus: SkuRow[]; stock: StockRow[] }> {
    const ofProduct = db.selectFrom('skus').selectAll().where('product_id', '=', productId)
    const skus = await ofProduct.where('opened', '=', 1).orderBy('sku').execute()
    const stock = await db.selectFrom('stock').selectAll().where('product_id', '=', productId).orderBy('id').execute()
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

  movements: (productId: string, query: PageQuery): Promise<Page<MovementRow>> =>
    pageNewestFirst(db, db.selectFrom('movements').selectAll().where('product_id', '=', productId), query),
})
