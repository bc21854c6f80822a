import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** Holds no secret: the mailed token is derived from its id and a data key. */
export const mailedTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('mailed_tokens')
      .ifNotExists()
      .addColumn('id', 'char(32)', c => c.primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('kind', 'varchar(20)', c => c.notNull())
      .addColumn('key_id', 'varchar(32)', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('expires_at', timestamp, c => c.notNull())
      .addIndex('mailed_tokens_user', ['user_id', 'kind', 'created_at'])
      .addIndex('mailed_tokens_expiry', ['expires_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const recoveryCodes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('recovery_codes')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('code_hash', 'char(43)', c => c.notNull())
      .addPrimaryKeyConstraint('recovery_codes_pk', ['user_id', 'code_hash'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const mfaChallenges: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('mfa_challenges')
      .ifNotExists()
      .addColumn('id_hash', 'char(43)', c => c.primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('tries', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('expires_at', timestamp, c => c.notNull())
      .addIndex('mfa_challenges_user', ['user_id'])
      .addIndex('mfa_challenges_expiry', ['expires_at'])
      .modifyEnd(plainText)
      .execute()
  },
}
