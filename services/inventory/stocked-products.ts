import type { Message, Publish } from '#shared/event'
import { lockOrMake, type Sql } from '#shared/sql'
import type { InventoryDb, Trx } from './database'
import { mainWarehouse } from './domain'
import { lockProductStock, moveStock, saveSkuStock, stockRowIn } from './sku-stock'

const addSkus = async (trx: Trx, productId: string, skus: readonly string[], { archived }: { archived: boolean }) => {
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

/** Returned goods may have SKUs that no product event has named yet: they stay off sale until one does. */
export const addUnlistedSkus = (trx: Trx, productId: string, skus: readonly string[]) => addSkus(trx, productId, skus, { archived: true })

interface ProductChange {
  productId: string
  version: number
  /** Every SKU that the event names, and those of them that are on sale. */
  skus: readonly string[]
  onSale: readonly string[]
  /** Only `product.created` carries the opening balances. */
  opening?: ReadonlyMap<string, number>
}

/** Only the newest version of a product decides which of its SKUs are on sale; the opening balances are counted whenever they arrive. */
const applyChange = async (trx: Trx, publish: Publish, change: ProductChange) => {
  const { productId, version, skus, onSale, opening } = change
  const product = await lockOrMake(trx, 'products', { product_id: productId }, {}, { likelyNew: opening !== undefined })
  const newest = version > product.version
  const opened = product.opened === 1 || opening !== undefined
  await addSkus(trx, productId, skus, { archived: !newest })
  const stockBySku = await lockProductStock(trx, productId)
  for (const stock of stockBySku.values()) {
    const { totals } = stock
    const archived = onSale.includes(totals.sku) ? 0 : 1
    if (newest && totals.archived !== archived) {
      totals.archived = archived
      stock.changed = true
    }
    if (!opened || totals.opened === 1) continue
    totals.opened = 1
    stock.changed = true
    const row = await stockRowIn(trx, stock, mainWarehouse)
    // A SKU that an update added has no opening balance.
    await moveStock(trx, stock, row, opening?.get(totals.sku) ?? 0, { kind: 'opening' })
  }
  await saveSkuStock(trx, stockBySku, publish)
  await trx
    .updateTable('products')
    .set({ version: Math.max(version, product.version), opened })
    .where('product_id', '=', productId)
    .execute()
}

/** The products of the catalog, as far as inventory needs them: which SKUs there are, and which of them are on sale. */
export const stockedProducts = (sql: Sql<InventoryDb>) => {
  const handleOnce = (message: Message, change: Omit<ProductChange, 'version'>) =>
    sql.once(message, (trx, publish) => applyChange(trx, publish, { version: message.aggregate.version, ...change }))

  return {
    create: (message: Message, productId: string, openingStock: readonly { sku: string; quantity: number }[]) => {
      const skus = openingStock.map(({ sku }) => sku)
      const opening = new Map(openingStock.map(({ sku, quantity }) => [sku, quantity]))
      return handleOnce(message, { productId, skus, onSale: skus, opening })
    },
    update: (message: Message, productId: string, skus: readonly string[]) => handleOnce(message, { productId, skus, onSale: skus }),
    archive: (message: Message, productId: string, skus: readonly string[]) => handleOnce(message, { productId, skus, onSale: [] }),
  }
}
