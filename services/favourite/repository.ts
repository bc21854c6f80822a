import { notFound } from '#shared/errors'
import type { Page, PageQuery } from '#shared/page'
import { lockOrMake, pageNewestFirst } from '#shared/sql'
import type { FavouriteRow, FavouriteSql, OwnerRow, Trx, WatchRow } from './database'
import { requireRoom } from './domain'
import { forgetUnwatched, lockProducts } from './watched-products'

/** The user's own row, locked. Whoever was erased keeps nothing any more. */
export const lockOwner = async (trx: Trx, userId: number): Promise<OwnerRow> => {
  const owner = await lockOrMake(trx, 'owners', { user_id: userId }, { favourites: 0, erased: false })
  if (owner.erased === 1) throw notFound('user')
  return owner
}

const countFavourites = (trx: Trx, userId: number, favourites: number) =>
  trx.updateTable('owners').set({ favourites, updated_at: new Date() }).where('user_id', '=', userId).execute()

/** Adds what is not yet in the list, in this order, and returns the ids that it added. The owner is locked. */
export const addFavourites = async (trx: Trx, owner: OwnerRow, productIds: readonly string[], limit: number): Promise<string[]> => {
  if (productIds.length === 0) return []
  const rows = trx.selectFrom('favourites').select('product_id').where('user_id', '=', owner.user_id).where('product_id', 'in', productIds)
  const present = new Set((await rows.execute()).map(({ product_id }) => product_id))
  const added = productIds.filter(id => !present.has(id))
  if (added.length === 0) return []
  requireRoom(owner.favourites, added.length, limit)
  await trx
    .insertInto('favourites')
    .values(added.map(product_id => ({ user_id: owner.user_id, product_id })))
    .execute()
  await countFavourites(trx, owner.user_id, owner.favourites + added.length)
  return added
}

export const findFavourite = (db: Pick<Trx, 'selectFrom'>, userId: number, productId: string): Promise<FavouriteRow | undefined> =>
  db.selectFrom('favourites').selectAll().where('user_id', '=', userId).where('product_id', '=', productId).executeTakeFirst()

export const favouriteRepository = (sql: FavouriteSql) => ({
  list: (userId: number, query: PageQuery): Promise<Page<FavouriteRow>> =>
    pageNewestFirst(sql.db, sql.db.selectFrom('favourites').selectAll().where('user_id', '=', userId), query),

  find: (userId: number, productId: string) => findFavourite(sql.db, userId, productId),

  async present(userId: number, productIds: readonly string[]): Promise<string[]> {
    const rows = sql.db.selectFrom('favourites').select('product_id').where('user_id', '=', userId).where('product_id', 'in', productIds)
    return (await rows.execute()).map(({ product_id }) => product_id)
  },

  async watchesOf(userId: number, productIds: readonly string[]): Promise<WatchRow[]> {
    if (productIds.length === 0) return []
    return sql.db.selectFrom('watches').selectAll().where('user_id', '=', userId).where('product_id', 'in', productIds).execute()
  },

  /** The products that a user favoured last. */
  async newest(userId: number, limit: number): Promise<string[]> {
    const rows = sql.db.selectFrom('favourites').select('product_id').where('user_id', '=', userId).orderBy('id', 'desc').limit(limit)
    return (await rows.execute()).map(({ product_id }) => product_id)
  },

  add: (userId: number, productIds: readonly string[], limit: number): Promise<string[]> =>
    sql.transaction(async trx => addFavourites(trx, await lockOwner(trx, userId), productIds, limit)),

  /** Its watches end with it. */
  remove: (userId: number, productId: string): Promise<void> =>
    sql.transaction(async trx => {
      const owner = await lockOwner(trx, userId)
      if (!(await findFavourite(trx, userId, productId))) throw notFound('favourite')
      await lockProducts(trx, [productId])
      await trx.deleteFrom('favourites').where('user_id', '=', userId).where('product_id', '=', productId).execute()
      await trx.deleteFrom('watches').where('user_id', '=', userId).where('product_id', '=', productId).execute()
      await countFavourites(trx, userId, owner.favourites - 1)
      await forgetUnwatched(trx, [productId])
    }),
})
export type FavouriteRepository = ReturnType<typeof favouriteRepository>
