import { toMajor } from '#shared/money'
import { allRows } from '#shared/personal-data'
import { lockOrMake } from '#shared/sql'
import type { FavouriteSql } from './database'
import { forgetUnwatched, lockProducts } from './watched-products'

export const favouritePersonalData = (sql: FavouriteSql) => ({
  async exportOf(userId: number) {
    const own = sql.db.selectFrom('favourites').selectAll().where('user_id', '=', userId)
    const [favourites, watches, share] = await Promise.all([
      allRows(
        (after, limit) => own.where('id', '>', after).orderBy('id').limit(limit).execute(),
        ({ id }) => id,
      ),
      // At most one of each kind for each favourite, and a list has at most `FAVOURITES_LIMIT` of those.
      sql.db.selectFrom('watches').selectAll().where('user_id', '=', userId).execute(),
      sql.db.selectFrom('shares').select('created_at').where('user_id', '=', userId).executeTakeFirst(),
    ])
    return {
      favourites: favourites.map(({ product_id, created_at }) => ({ product_id, created_at: created_at.toISOString() })),
      watches: watches.map(({ product_id, kind, price, currency, created_at, told_at }) => ({
        ...{ product_id, kind },
        ...(price !== null && currency !== null && { known_price: toMajor(price, currency), currency }),
        created_at: created_at.toISOString(),
        told_at: told_at?.toISOString() ?? null,
      })),
      shared_since: share?.created_at.toISOString() ?? null,
    }
  },

  /** Deleting twice is deleting once. The mark keeps a request or an event that comes later from writing anything. */
  forget: (userId: number): Promise<void> =>
    sql.transaction(async trx => {
      await lockOrMake(trx, 'owners', { user_id: userId }, { favourites: 0, erased: true })
      const watched = await trx.selectFrom('watches').select('product_id').distinct().where('user_id', '=', userId).execute()
      const productIds = watched.map(({ product_id }) => product_id)
      await lockProducts(trx, productIds)
      await trx.deleteFrom('watches').where('user_id', '=', userId).execute()
      await trx.deleteFrom('favourites').where('user_id', '=', userId).execute()
      await trx.deleteFrom('shares').where('user_id', '=', userId).execute()
      const erased = { favourites: 0, erased: true, updated_at: new Date() }
      await trx.updateTable('owners').set(erased).where('user_id', '=', userId).execute()
      await forgetUnwatched(trx, productIds)
    }),
})
export type FavouritePersonalData = ReturnType<typeof favouritePersonalData>
