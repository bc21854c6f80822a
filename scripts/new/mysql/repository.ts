import type { Page, PageQuery } from '#shared/page'
import { lockOrMake, pageNewestFirst } from '#shared/sql'
import { favouriteSaved } from './catalog'
import type { FavouriteSql } from './database'
import { blank, changeNote, type Favourite } from './domain'

export const favouriteRepository = (sql: FavouriteSql) => ({
  list: (userId: number, query: PageQuery): Promise<Page<Favourite>> =>
    pageNewestFirst(sql.db, sql.db.selectFrom('favourites').selectAll().where('user_id', '=', userId), query),

  /** Saves under a lock of the row, so that two requests at once are two changes or none. */
  save: (user_id: number, product_id: string, note: string): Promise<Favourite> =>
    sql.transaction(async (trx, publish) => {
      const row = await lockOrMake(trx, 'favourites', { user_id, product_id }, { ...blank })
      const noted = changeNote(row, note)
      if (!noted) return row
      const changed = { ...noted, updated_at: new Date() }
      await trx.updateTable('favourites').set(changed).where('id', '=', row.id).execute()
      publish(favouriteSaved({ id: row.id, version: noted.version }, { user_id, product_id, note }))
      return { ...row, ...changed }
    }),

  async remove(userId: number, productId: string): Promise<boolean> {
    const { numDeletedRows } = await sql.db
      .deleteFrom('favourites')
      .where('user_id', '=', userId)
      .where('product_id', '=', productId)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  },

  exportOf: (userId: number): Promise<Favourite[]> =>
    sql.db.selectFrom('favourites').selectAll().where('user_id', '=', userId).orderBy('id').execute(),

  forgetUser: (userId: number): Promise<unknown> => sql.db.deleteFrom('favourites').where('user_id', '=', userId).execute(),

  forgetProduct: (productId: string): Promise<unknown> => sql.db.deleteFrom('favourites').where('product_id', '=', productId).execute(),
})
export type FavouriteRepository = ReturnType<typeof favouriteRepository>
