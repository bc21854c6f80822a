import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, plainText } from '#shared/sql'

export const erasedUsers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('erased_users')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .modifyEnd(plainText)
      .execute()
  },
}

/** The uses of a user are found when the account is deleted. */
export const usesByUser: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.createIndex('user_uses_user').on('user_uses').columns(['user_id', 'campaign_id']))
  },
}
