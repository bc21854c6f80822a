import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { t } from '#shared/schema'
import { jsonColumn, type Sql } from '#shared/sql'
import type { WatchKind } from './domain'

/** Read as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

/** Locks are taken in this order: owner, watched product, fan-out, watch. */
export interface FavouriteDb {
  /** One row for each user who ever kept something. Its lock puts the user's changes one after the other, and erasure among them. */
  owners: {
    user_id: number
    /** How many favourites there are. */
    favourites: number
    erased: Flag
    updated_at: Generated<Date>
  }
  favourites: {
    id: Generated<number>
    user_id: number
    product_id: string
    created_at: Generated<Date>
  }
  /** A user's one link, by which others can see the list. */
  shares: {
    user_id: number
    /** What the token is made of, with a key that the database does not have. */
    nonce: string
    token_hash: string
    created_at: Generated<Date>
  }
  watches: {
    /** A watch that was removed and set again has another id, so that its versions are never those of the one before. */
    id: Generated<number>
    product_id: string
    kind: WatchKind
    user_id: number
    /** The lowest price that the user knows, in minor units; null for stock. */
    price: number | null
    currency: string | null
    from_change: number
    told_at: Date | null
    /** How often it was told. */
    version: number
    created_at: Generated<Date>
  }
  /** What is known of the products that somebody watches, and of no others. */
  watched_products: {
    id: Generated<number>
    product_id: string
    version: number
    price: number | null
    currency: string | null
    /** `skusColumn` */
    skus: string
    gone: Flag
    changes: number
  }
  stock_levels: { product_id: string; sku: string; available: number; version: number }
  /** Changes that are being told, each to all who watch the product, in the order of their numbers. */
  fan_outs: {
    id: Generated<number>
    product_id: string
    number: number
    kind: WatchKind
    amount: number
    currency: string | null
    /** Everybody up to this user has been told. */
    after_user: Generated<number>
    created_at: Generated<Date>
  }
}

export const skusColumn = jsonColumn(t.Array(t.String()))

export type FavouriteSql = Sql<FavouriteDb>
export type Trx = Transaction<FavouriteDb>
export type OwnerRow = Selectable<FavouriteDb['owners']>
export type FavouriteRow = Selectable<FavouriteDb['favourites']>
export type WatchRow = Selectable<FavouriteDb['watches']>
export type FanOutRow = Selectable<FavouriteDb['fan_outs']>
