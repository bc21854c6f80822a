import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, insertOnce, plainText, timestamp } from '#shared/sql'
import { mailboxOf } from '../domain-email'

export const pendingEmail: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('users').addColumn('pending_email', 'varchar(254)'))
  },
}

export const mailQuotas: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('mail_quotas')
      .ifNotExists()
      .addColumn('subject', 'char(43)', c => c.notNull())
      .addColumn('kind', 'varchar(20)', c => c.notNull())
      .addColumn('sent', 'varchar(200)', c => c.notNull())
      .addColumn('updated_at', timestamp, c => c.notNull())
      .addPrimaryKeyConstraint('mail_quotas_pk', ['subject', 'kind'])
      .addIndex('mail_quotas_updated', ['updated_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Addresses that warnings go to. */
export const emailWarnings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('email_warnings')
      .ifNotExists()
      .addColumn('id', 'char(32)', c => c.primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('email', 'varchar(254)', c => c.notNull())
      .addColumn('expires_at', timestamp, c => c.notNull())
      .addIndex('email_warnings_user', ['user_id'])
      .addIndex('email_warnings_expiry', ['expires_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Brings e-mails into the one spelling of their mailbox. Where another account has it already, or an older one gets it, the account keeps its spelling and its username. */
export const emailSpelling: Migration = {
  async up(db: Kysely<{ users: { id: number; email: string | null } }>) {
    const rows = await db.selectFrom('users').select(['id', 'email']).where('email', 'regexp', '[^ -~]|[.]$').orderBy('id').execute()
    for (const { id, email } of rows) {
      const mailbox = email && mailboxOf(email)
      if (mailbox && mailbox !== email) await insertOnce(db.updateTable('users').set({ email: mailbox }).where('id', '=', id))
    }
  },
}
