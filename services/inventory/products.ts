import type { Message, Publish } from '#shared/event'
import type { Sql } from '#shared/sql'
import type { InventoryDb } from './database'
import { mainWarehouse } from './domain'
import { lockShelvesOf, move, placeIn, saveShelves, type Trx } from './shelves'

/** The product's row is made if need be and stays locked: what is told of one product is taken in one after the other. */
const lockProduct = async (trx: Trx, productId: string) => {
  // Not `insert ignore`, whose shared lock on a row that is there would stand in the way of our own.
  await trx.insertInto('products').values({ product_id: productId }).onDuplicateKeyUpdate({ product_id: productId }).execute()
  return trx.selectFrom('products').selectAll().where('product_id', '=', productId).forUpdate().executeTakeFirstOrThrow()
}

const addSkus = async (trx: Trx, productId: string, skus: readonly string[], archived: boolean) => {
  if (skus.length === 0) return
  const known = await trx.selectFrom('skus').select('sku').where('sku', 'in', skus).execute()
  const missing = skus.filter(sku => !known.some(row => row.sku === sku))
  if (missing.length === 0) return
  await trx
    .insertInto('skus')
    .ignore()
    .values(missing.sort().map(sku => ({ sku, product_id: productId, archived })))
    .execute()
}

/** SKUs that come back before the catalog told of them are kept apart until news names them. */
export const makeKnown = (trx: Trx, productId: string, skus: readonly string[]) => addSkus(trx, productId, skus, true)

interface CatalogNews {
  version: number
  /** Every SKU named, and those of them that are on sale. */
  skus: readonly string[]
  sold: readonly string[]
  /** Only the product's creation tells with how much each began. */
  opening?: ReadonlyMap<string, number>
}

/** What the catalog tells: which SKUs there are, and with how much each began. Only the newest news says what is sold. */
const take = async (trx: Trx, publish: Publish, productId: string, { version, skus, sold, opening }: CatalogNews) => {
  const product = await lockProduct(trx, productId)
  const newest = version > product.version
  const opened = product.opened === 1 || opening !== undefined
  await addSkus(trx, productId, skus, !newest)
  const shelves = await lockShelvesOf(trx, productId)
  for (const shelf of shelves.values()) {
    const { sku, archived } = shelf.sku
    if (newest && sold.includes(sku) === (archived === 1)) {
      shelf.sku.archived = archived === 1 ? 0 : 1
      shelf.changed = true
    }
    if (!opened || shelf.sku.opened === 1) continue
    shelf.sku.opened = 1
    shelf.changed = true
    const place = await placeIn(trx, shelf, mainWarehouse)
    // A SKU that came by an update began with nothing.
    await move(trx, shelf, place, opening?.get(sku) ?? 0, { kind: 'opening' })
  }
  await saveShelves(trx, shelves, publish)
  await trx
    .updateTable('products')
    .set({ version: Math.max(version, product.version), opened })
    .where('product_id', '=', productId)
    .execute()
}

export const productNews = (sql: Sql<InventoryDb>) => ({
  created: (message: Message, productId: string, opening: readonly { sku: string; quantity: number }[]) => {
    const skus = opening.map(({ sku }) => sku)
    const quantities = new Map(opening.map(({ sku, quantity }) => [sku, quantity]))
    const news = { version: message.aggregate.version, skus, sold: skus, opening: quantities }
    return sql.once(message, (trx, publish) => take(trx, publish, productId, news))
  },
  updated: (message: Message, productId: string, skus: readonly string[]) =>
    sql.once(message, (trx, publish) => take(trx, publish, productId, { version: message.aggregate.version, skus, sold: skus })),
  deleted: (message: Message, productId: string, skus: readonly string[]) =>
    sql.once(message, (trx, publish) => take(trx, publish, productId, { version: message.aggregate.version, skus, sold: [] })),
})
export type ProductNews = ReturnType<typeof productNews>
