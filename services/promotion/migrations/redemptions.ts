import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, currentTime, plainText, timestamp } from '#shared/sql'

/** One per order, also for an order whose cancellation arrived first, so that it redeems nothing later. */
export const redemptions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('redemptions')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.primaryKey())
      .addColumn('user_id', 'bigint')
      .addColumn('state', 'varchar(16)', c => c.notNull())
      .addColumn('code', 'varchar(64)')
      .addColumn('campaign_id', 'bigint')
      .addColumn('amount', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('currency', 'char(3)')
      .addColumn('reason', 'varchar(32)')
      .addColumn('version', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('redemptions_user', ['user_id', 'order_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const userUses: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('user_uses')
      .ifNotExists()
      .addColumn('campaign_id', 'bigint', c => c.notNull())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('used', sql`int unsigned`, c => c.notNull())
      .addPrimaryKeyConstraint('user_uses_pk', ['campaign_id', 'user_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** The counters of a campaign are the numbers of these rows. */
export const redemptionUses: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('redemption_uses')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('campaign_id', 'bigint', c => c.notNull())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('code', 'varchar(64)')
      .addColumn('amount', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('redemption_uses_pk', ['order_id', 'campaign_id'])
      .addIndex('redemption_uses_campaign', ['campaign_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Drift finds the uses of a window, and counts those of their users. */
export const usesInWindow: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(
      db.schema
        .alterTable('campaigns')
        .addColumn('counted', 'integer', c => c.notNull().defaultTo(0))
        .addColumn('counted_at', timestamp),
    )
    await addOnce(db.schema.alterTable('user_uses').addColumn('used_at', timestamp))
    await addOnce(db.schema.createIndex('user_uses_used_at').on('user_uses').columns(['used_at']))
    await addOnce(db.schema.createIndex('redemption_uses_user').on('redemption_uses').columns(['campaign_id', 'user_id']))
  },
}
