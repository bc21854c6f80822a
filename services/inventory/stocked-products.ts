import type { Message, Publish } from '#shared/event'
import { lockOrMake, type Sql } from '#shared/sql'
import type { InventoryDb, Trx } from './database'
import { mainWarehouse } from './domain'
import { lockProductStock, moveStock, saveSkuStock, stockRowIn } from './sku-stock'

interface NewSku {
  sku: string
  product_id: string
}

const addSkus = async (trx: Trx, named: readonly NewSku[], { archived }: { archived: boolean }) => {
  if (named.length === 0) return
  const skus = named.map(({ sku }) => sku)
  const known = new Set((await trx.selectFrom('skus').select('sku').where('sku', 'in', skus).execute()).map(({ sku }) => sku))
  const missing = named.filter(({ sku }) => !known.has(sku)).sort((a, b) => (a.sku < b.sku ? -1 : 1))
  if (missing.length === 0) return
  await trx
    .insertInto('skus')
    .ignore()
    .values(missing.map(({ sku, product_id }) => ({ sku, product_id, archived })))
    .execute()
}

/** Returned goods may have SKUs that no product event has named yet: they stay off sale until one does. */
export const addUnlistedSkus = (trx: Trx, lines: readonly NewSku[]) => addSkus(trx, lines, { archived: true })

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
  await addSkus(
    trx,
    skus.map(sku => ({ sku, product_id: productId })),
    { archived: !newest },
  )
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
    // A SKU that an update added has no opening balance.
    moveStock(stock, stockRowIn(stock, mainWarehouse), opening?.get(totals.sku) ?? 0, { kind: 'opening' })
  }
  await saveSkuStock(trx, stockBySku, publish)
  await trx
    .updateTable('products')
    .set({ version: Math.max(version, product.version), opened })
    .where('product_id', '=', productId)
    .execute()
}

/** The products of the catalog, as far as inventory needs them: which SKUs there are, and which of them are on sale. */
export const stockedProducts = (sql: Pick<Sql<InventoryDb>, 'once'>) => {
  const apply = (message: Message, change: Omit<ProductChange, 'version'>) =>
    sql.once(message, (trx, publish) => applyChange(trx, publish, { version: message.aggregate.version, ...change }))

  return {
    create: (message: Message, productId: string, openingStock: readonly { sku: string; quantity: number }[]) => {
      const skus = openingStock.map(({ sku }) => sku)
      const opening = new Map(openingStock.map(({ sku, quantity }) => [sku, quantity]))
      return apply(message, { productId, skus, onSale: skus, opening })
    },
    update: (message: Message, productId: string, skus: readonly string[]) => apply(message, { productId, skus, onSale: skus }),
    archive: (message: Message, productId: string, skus: readonly string[]) => apply(message, { productId, skus, onSale: [] }),
  }
}
