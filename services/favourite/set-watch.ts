import { notFound, unavailable } from '#shared/errors'
import { lockOrMake } from '#shared/sql'
import type { FavouriteClients } from './clients'
import { type FavouriteRow, type FavouriteSql, skusColumn, type Trx } from './database'
import { type Facts, type News, productArchived, type WatchKind, watchKinds } from './domain'
import { addFavourites, findFavourite, lockOwner } from './repository'
import { forgetUnwatched, learnNews, lockProducts } from './watched-products'

interface Ports {
  sql: FavouriteSql
  clients: Pick<FavouriteClients, 'productNews'>
  /** The most favourites of a user. */
  limit: number
}
export type Wanted = Record<WatchKind, boolean>

/** What the other services said for these kinds, and which row was there before they were asked: since then no event has been passed over. */
interface Heard {
  kinds: readonly WatchKind[]
  rowId: number | undefined
  news: News
}

const maxAttempts = 4

/** Sets what a user watches of a product, which becomes a favourite if it is none. Setting the same again changes nothing. */
export const setWatch = ({ sql, clients, limit }: Ports) => {
  const ofUser = (db: Pick<Trx, 'selectFrom'>, userId: number, productId: string) =>
    db.selectFrom('watches').select('kind').where('user_id', '=', userId).where('product_id', '=', productId).execute()

  const hear = async (productId: string, kinds: readonly WatchKind[]): Promise<Heard> => {
    const row = sql.db.selectFrom('watched_products').select('id').where('product_id', '=', productId)
    const rowId = (await row.executeTakeFirst())?.id
    return { kinds, rowId, news: await clients.productNews(productId, kinds.includes('back_in_stock')) }
  }

  /** The product's facts, locked. Undefined when its row was made only now: the news may be older than an event that came before. */
  const lockFacts = async (trx: Trx, productId: string, { rowId, news }: Heard): Promise<Facts | undefined> => {
    const pending = trx.selectFrom('fan_outs').select('number').where('product_id', '=', productId).orderBy('number', 'desc').limit(1)
    const changes = (await pending.executeTakeFirst())?.number ?? 0
    const unknown = { version: 0, price: null, currency: null, skus: skusColumn.write([]), gone: false, changes }
    const row = await lockOrMake(trx, 'watched_products', { product_id: productId }, unknown)
    return row.id === rowId ? learnNews(trx, row, news) : undefined
  }

  /** Undefined when it has to be tried again, with newer news. */
  const set = async (trx: Trx, userId: number, productId: string, wanted: readonly WatchKind[], heard: Heard | undefined) => {
    const owner = await lockOwner(trx, userId)
    const favourite = await findFavourite(trx, userId, productId)
    if (!favourite && wanted.length === 0) throw notFound('favourite')
    if (!heard) await lockProducts(trx, [productId])
    const facts = heard && (await lockFacts(trx, productId, heard))
    const present = (await ofUser(trx, userId, productId)).map(({ kind }) => kind)
    const missing = wanted.filter(kind => !present.includes(kind))
    if (missing.some(kind => !heard?.kinds.includes(kind)) || (heard && !facts)) return undefined
    if (missing.length > 0 && facts) {
      if (facts.gone) throw productArchived()
      if (!favourite) await addFavourites(trx, owner, [productId], limit)
      const priced = { price: facts.price, currency: facts.currency }
      const watch = (kind: WatchKind) => ({
        ...{ product_id: productId, kind, user_id: userId, from_change: facts.changes, version: 0 },
        ...(kind === 'price_drop' ? priced : { price: null, currency: null }),
      })
      await trx.insertInto('watches').values(missing.map(watch)).execute()
    }
    const ended = present.filter(kind => !wanted.includes(kind))
    if (ended.length > 0) {
      const mine = trx.deleteFrom('watches').where('user_id', '=', userId).where('product_id', '=', productId)
      await mine.where('kind', 'in', ended).execute()
      await forgetUnwatched(trx, [productId])
    }
    return findFavourite(trx, userId, productId)
  }

  const forgetIfUnwatched = (productId: string) =>
    sql.transaction(async trx => {
      await lockProducts(trx, [productId])
      await forgetUnwatched(trx, [productId])
    })

  return async (userId: number, productId: string, asked: Wanted): Promise<FavouriteRow> => {
    const wanted = watchKinds.filter(kind => asked[kind])
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const present = (await ofUser(sql.db, userId, productId)).map(({ kind }) => kind)
      const missing = wanted.filter(kind => !present.includes(kind))
      try {
        const heard = missing.length > 0 ? await hear(productId, missing) : undefined
        const favourite = await sql.transaction(trx => set(trx, userId, productId, wanted, heard))
        if (favourite) return favourite
      } catch (error) {
        // The row that an attempt before this one made.
        if (attempt > 1) await forgetIfUnwatched(productId)
        throw error
      }
    }
    await forgetIfUnwatched(productId)
    throw unavailable('database_busy', 'Other requests are changing the same data. Try again shortly.')
  }
}
export type SetWatch = ReturnType<typeof setWatch>
