import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import type { Sql } from '#shared/sql'
import type { Kind } from './domain'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

export interface PromotionDb {
  campaigns: {
    id: Generated<number>
    name: string
    kind: Kind
    /** Parts per million or minor units, by its kind. */
    value: number
    buy_quantity: number
    get_quantity: number
    currency: string
    minimum: number
    /** Its own code, as it is shown; `codes` says what a code belongs to. */
    code: string | null
    automatic: Flag
    public: Flag
    starts_at: Date | null
    ends_at: Date | null
    /** Names and ids, as JSON. */
    categories: string
    product_ids: string
    total_limit: number | null
    per_user_limit: number | null
    /** By orders that hold it now. */
    used: Generated<number>
    used_at: Date | null
    created_at: Generated<Date>
    updated_at: Generated<Date>
    deleted_at: Date | null
  }
  /** Every code there is, upper-case: a campaign's own, for anybody, and those for one order. */
  codes: { code: string; campaign_id: number; single_use: Flag; order_id: number | null }
  /** How often each user holds a campaign. */
  user_uses: { campaign_id: number; user_id: number; used: number }
  /** One row an order: what was heard of it and what came of it. */
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
  /** What an order holds now. */
  redemption_uses: { order_id: number; campaign_id: number; user_id: number; code: string | null; amount: number }
}
type RedemptionState = 'new' | 'redeemed' | 'rejected' | 'released'
export type CampaignRow = Selectable<PromotionDb['campaigns']>
export type CodeRow = Selectable<PromotionDb['codes']>
export type RedemptionRow = Selectable<PromotionDb['redemptions']>
export type PromotionSql = Sql<PromotionDb>
export type Trx = Transaction<PromotionDb>
