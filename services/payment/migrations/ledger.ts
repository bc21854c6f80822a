import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** Rows are only added: a mistake is corrected by another transaction, never by changing this one. */
export const ledgerTransactions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('ledger_transactions')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('reference', 'varchar(40)', c => c.notNull())
      .addColumn('payment_id', 'bigint', c => c.notNull())
      .addColumn('provider', 'varchar(16)', c => c.notNull())
      .addColumn('provider_reference', 'varchar(100)', c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('ledger_reference', ['reference'])
      .addIndex('ledger_payment', ['payment_id'])
      .addIndex('ledger_provider', ['provider', 'created_at'])
      .addIndex('ledger_created', ['created_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const ledgerEntries: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('ledger_entries')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('transaction_id', 'bigint', c => c.notNull())
      .addColumn('account', 'varchar(40)', c => c.notNull())
      .addColumn('debit', 'bigint', c => c.notNull())
      .addColumn('credit', 'bigint', c => c.notNull())
      .addCheckConstraint('ledger_one_side', sql`debit >= 0 and credit >= 0 and (debit = 0 or credit = 0)`)
      .addIndex('ledger_entries_transaction', ['transaction_id'])
      .addIndex('ledger_entries_account', ['account', 'transaction_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** The balances of all bookings up to one of them, so that a report of them reads only later ones. */
export const ledgerBalances: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('ledger_checkpoint')
      .ifNotExists()
      .addColumn('id', 'smallint', c => c.primaryKey())
      .addColumn('transaction_id', 'bigint', c => c.notNull())
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('ledger_balances')
      .ifNotExists()
      .addColumn('account', 'varchar(40)', c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('balance', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('ledger_balances_account', ['account', 'currency'])
      .modifyEnd(plainText)
      .execute()
    await sql`insert ignore into ledger_checkpoint (id, transaction_id) values (1, 0)`.execute(db)
  },
}
