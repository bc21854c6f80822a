import type { Message } from '#shared/events'
import type { Sql } from '#shared/sql'
import type { InventoryDb } from './database'
import { mainWarehouse } from './domain'
import { lockShelves, move, placeIn, saveShelves, type Trx } from './shelves'

/** The product's row stays locked: what is told of one product is taken in one after the other. */
const lockProduct = async (trx: Trx, productId: string) => {
  await trx.insertInto('products').ignore().values({ product_id: productId }).execute()
  return trx.selectFrom('products').selectAll().where('product_id', '=', productId).forUpdate().executeTakeFirstOrThrow()
}
type Product = Awaited<ReturnType<typeof lockProduct>>

const learn = (
  trx: Trx,
  { product_id, version, archived, opened }: Product,
  news: { version: number; archived?: boolean; opened?: boolean },
) =>
  trx
    .updateTable('products')
    .set({ version: Math.max(version, news.version), archived: news.archived ?? archived === 1, opened: news.opened ?? opened === 1 })
    .where('product_id', '=', product_id)
    .execute()

const addSkus = (
  trx: Trx,
  { product_id }: Product,
  skus: readonly string[],
  { opened, archived }: { opened: boolean; archived: boolean },
) =>
  trx
    .insertInto('skus')
    .ignore()
    .values(skus.map(sku => ({ sku, product_id, opened, archived })))
    .execute()

/** What the catalog tells: which SKUs there are, and with how much each began. */
export const productNews = (sql: Sql<InventoryDb>) => ({
  /** The opening balance counts once, and also when newer news of the product came first; that then says which SKUs are still sold. */
  created: (message: Message, productId: string, opening: readonly { sku: string; quantity: number }[]) =>
    sql.once(message, async (trx, publish) => {
      const product = await lockProduct(trx, productId)
      if (product.opened === 1) return
      const skus = opening.map(({ sku }) => sku)
      const late = product.version >= message.aggregate.version
      await addSkus(trx, product, skus, { opened: true, archived: late })
      await trx.updateTable('skus').set({ opened: true }).where('product_id', '=', productId).execute()
      const shelves = await lockShelves(trx, skus)
      for (const { sku, quantity } of opening) {
        const shelf = shelves.get(sku)
        if (shelf?.sku.product_id !== productId) continue
        const place = await placeIn(trx, shelf, mainWarehouse)
        shelf.changed.add(place)
        await move(trx, shelf, place, quantity, { kind: 'opening' })
      }
      await saveShelves(trx, shelves.values(), publish)
      await learn(trx, product, { version: message.aggregate.version, opened: true })
    }),

  /** SKUs that came are empty at first; those that went can't be reserved any more. */
  updated: (message: Message, productId: string, skus: readonly string[]) =>
    sql.once(message, async trx => {
      const product = await lockProduct(trx, productId)
      if (product.version >= message.aggregate.version) return
      await addSkus(trx, product, skus, { opened: product.opened === 1, archived: false })
      const own = trx.updateTable('skus').where('product_id', '=', productId)
      await own.set({ archived: false }).where('sku', 'in', skus).execute()
      await own.set({ archived: true }).where('sku', 'not in', skus).execute()
      await learn(trx, product, { version: message.aggregate.version })
    }),

  deleted: (message: Message, productId: string) =>
    sql.once(message, async trx => {
      const product = await lockProduct(trx, productId)
      if (product.version >= message.aggregate.version) return
      await trx.updateTable('skus').set({ archived: true }).where('product_id', '=', productId).execute()
      await learn(trx, product, { version: message.aggregate.version, archived: true })
    }),
})
export type ProductNews = ReturnType<typeof productNews>
