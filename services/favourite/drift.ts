import { sql as raw } from 'kysely'
import { driftOf } from '#shared/drift'
import { minute } from '#shared/time'
import type { FavouriteSql } from './database'

const mostCounted = 10_000
const stuckAfterMs = 10 * minute

/**
 * Watches of a window that have no favourite, or whose product's news is not followed; users whose count of favourites is wrong; and changes that
 * watchers should have been told of. Each is one statement, which sees one moment.
 */
export const favouriteDrift =
  ({ db }: Pick<FavouriteSql, 'db'>) =>
  async (since: Date, until: Date) => {
    const orphans = db
      .selectFrom('watches')
      .leftJoin('favourites', join =>
        join.onRef('favourites.user_id', '=', 'watches.user_id').onRef('favourites.product_id', '=', 'watches.product_id'),
      )
      .leftJoin('watched_products as product', 'product.product_id', 'watches.product_id')
      .select('watches.id')
      .where('watches.created_at', '>=', since)
      .where('watches.created_at', '<', until)
      .where(row => row.or([row('favourites.id', 'is', null), row('product.id', 'is', null)]))
      .limit(mostCounted)
    const counted = raw<number>`(select count(*) from favourites where favourites.user_id = owners.user_id)`
    const miscounted = db
      .selectFrom('owners')
      .select('user_id')
      .where('updated_at', '>=', since)
      .where('updated_at', '<', until)
      .where('favourites', '<>', counted)
      .limit(mostCounted)
    const late = db
      .selectFrom('fan_outs')
      .select(['product_id', 'number'])
      .where('created_at', '<', new Date(until.getTime() - stuckAfterMs))
      .orderBy('created_at')
      .limit(mostCounted)
    const [watches, owners, fanOuts] = await Promise.all([orphans.execute(), miscounted.execute(), late.execute()])
    return {
      watches: driftOf(watches.map(({ id }) => `watch ${id}`)),
      counts: driftOf(owners.map(({ user_id }) => `user ${user_id}`)),
      stuck: driftOf(fanOuts.map(({ product_id, number }) => `change ${number} of product ${product_id}`)),
    }
  }
/** What is known of these SKUs, where their product is watched, to compare with inventory's. */
export const watchedStock =
  ({ db }: Pick<FavouriteSql, 'db'>) =>
  async (skus: readonly string[]): Promise<Record<string, number>> => {
    if (skus.length === 0) return {}
    const rows = await db.selectFrom('stock_levels').select(['sku', 'available']).where('sku', 'in', skus).execute()
    return Object.fromEntries(rows.map(({ sku, available }) => [sku, available]))
  }

export type FavouriteDrift = ReturnType<typeof favouriteDrift>
