import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { t } from '#shared/schema'
import { jsonColumn, type Sql } from '#shared/sql'
import type { Kind } from './domain'
import type { RedemptionState } from './domain-redemptions'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

export interface PromotionDb {
  campaigns: {
    id: Generated<number>
    name: string
    kind: Kind
    /** Parts per million or minor units, depending on `kind`. */
    value: number
    buy_quantity: number
    get_quantity: number
    currency: string
    minimum: number
    /** The code that anybody may use, for showing it. `codes` decides which campaign a code belongs to. */
    code: string | null
    automatic: Flag
    public: Flag
    starts_at: Date | null
    ends_at: Date | null
    /** All three as `textList`. Ids decide; names are those at the time of storing. Null in rows of releases without ids. */
    categories: string
    category_ids: string | null
    product_ids: string
    total_limit: number | null
    per_user_limit: number | null
    /** How many orders hold it now. */
    used: Generated<number>
    used_at: Date | null
    /** By how many rows `redemption_uses` grew, as the database told when they were written. Differs from `used` when a counter is wrong. */
    counted: Generated<number>
    /** When drift last counted all uses and found the counters right; null when it found them wrong. */
    counted_at: Date | null
    created_at: Generated<Date>
    updated_at: Generated<Date>
    deleted_at: Date | null
  }
  /** Every code, in upper case: those that anybody may use, and those for one order. */
  codes: { code: string; campaign_id: number; single_use: Flag; order_id: number | null }
  /** How many orders of each user hold a campaign. */
  user_uses: { campaign_id: number; user_id: number; used: number; used_at: Date | null }
  /** One row per order: what became of its campaigns. */
  redemptions: {
    order_id: number
    user_id: number | null
    state: RedemptionState
    code: string | null
    campaign_id: number | null
    amount: Generated<number>
    currency: string | null
    reason: string | null
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  /** The campaigns that each order holds now. */
  redemption_uses: { order_id: number; campaign_id: number; user_id: number; code: string | null; amount: number }
  /** Users whose accounts are deleted, so that an order that arrives later does not bring them back. */
  erased_users: { user_id: number }
}
/** The user of uses whose account is deleted. */
export const noUser = 0
export const textList = jsonColumn(t.Array(t.String()))

export type CampaignRow = Selectable<PromotionDb['campaigns']>
export type CodeRow = Selectable<PromotionDb['codes']>
export type RedemptionRow = Selectable<PromotionDb['redemptions']>
export type PromotionSql = Sql<PromotionDb>
export type Trx = Transaction<PromotionDb>
