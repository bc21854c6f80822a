import { sql as raw, type Selectable } from 'kysely'
import type { FavouriteDb, FavouriteSql, Trx } from './database'
import { skusColumn } from './database'
import { type Change, type Facts, joinNews, type Level, learn, type News } from './domain'

type WatchedRow = Selectable<FavouriteDb['watched_products']>

/** Locks what is known of these products, in the order of their ids. */
export const lockProducts = (trx: Trx, productIds: readonly string[]): Promise<WatchedRow[]> =>
  productIds.length === 0
    ? Promise.resolve([])
    : trx.selectFrom('watched_products').selectAll().where('product_id', 'in', productIds).orderBy('product_id').forUpdate().execute()

/** Forgets the locked products that nobody watches any more. Fan-outs that are under way end by themselves: there is nobody to tell. */
export const forgetUnwatched = async (trx: Trx, productIds: readonly string[]): Promise<void> => {
  if (productIds.length === 0) return
  // One of each product's watches, of which there may be many.
  const one = productIds.map(id => raw`(select product_id from watches where product_id = ${id} limit 1)`)
  const watched = await raw<{ product_id: string }>`${raw.join(one, raw` union all `)}`.execute(trx)
  const ids = new Set(watched.rows.map(({ product_id }) => product_id))
  const unwatched = productIds.filter(id => !ids.has(id))
  if (unwatched.length === 0) return
  await trx.deleteFrom('stock_levels').where('product_id', 'in', unwatched).execute()
  await trx.deleteFrom('watched_products').where('product_id', 'in', unwatched).execute()
}

const factsOf = ({ version, price, currency, skus, gone, changes }: WatchedRow, levels: readonly Level[]): Facts => ({
  version,
  price,
  currency,
  skus: skusColumn.read(skus),
  gone: gone === 1,
  levels,
  changes,
})

/** Adds news to what is known of a locked product, and has its watchers told of what changed for them. */
export const learnNews = async (trx: Trx, row: WatchedRow, news: News): Promise<Facts> => {
  const { product_id } = row
  const levels = await trx.selectFrom('stock_levels').select(['sku', 'available', 'version']).where('product_id', '=', product_id).execute()
  const before = factsOf(row, levels)
  const { facts, changes } = learn(before, news)
  if (facts === before) return facts
  const { version, price, currency, skus, gone } = facts
  const known = { version, price, currency, skus: skusColumn.write([...skus]), gone, changes: facts.changes }
  await trx.updateTable('watched_products').set(known).where('product_id', '=', product_id).execute()
  for (const { sku, available, version } of facts.levels.filter(level => !before.levels.includes(level)))
    await trx
      .insertInto('stock_levels')
      .values({ product_id, sku, available, version })
      .onDuplicateKeyUpdate({ available, version })
      .execute()
  if (changes.length > 0)
    await trx
      .insertInto('fan_outs')
      .values(changes.map(fanOut(product_id)))
      .execute()
  // Nobody is told of a product that cannot be bought.
  if (gone && !before.gone) await trx.deleteFrom('fan_outs').where('product_id', '=', product_id).execute()
  return facts
}
const fanOut =
  (product_id: string) =>
  ({ number, kind, amount, currency }: Change) => ({ product_id, number, kind, amount, currency })

/**
 * What events say of a product. It is kept only of watched products, each fact with the version of its event, so that a message that comes twice
 * or late changes nothing, without a record of messages.
 */
export const hearNews = (sql: FavouriteSql, groupIntervalMs: number) => {
  // Most events are about products that nobody watches: those that come together cost one read. Whoever begins to watch asks the other services
  // after the row is there, so an event that finds no row is part of what they answer.
  const hear = sql.many<{ productId: string; news: News }>(
    async all => {
      const heard = Map.groupBy(all, ({ productId }) => productId)
      const watched = await sql.db
        .selectFrom('watched_products')
        .select('product_id')
        .where('product_id', 'in', [...heard.keys()])
        .execute()
      for (const { product_id } of watched) {
        const news = joinNews((heard.get(product_id) ?? []).map(one => one.news))
        await sql.transaction(async trx => {
          const [row] = await lockProducts(trx, [product_id])
          if (row) await learnNews(trx, row, news)
        })
      }
    },
    { groupIntervalMs },
  )
  return (productId: string, news: News): Promise<void> => hear({ productId, news })
}
export type HearNews = ReturnType<typeof hearNews>
