import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { addOnce, ascii, currentTime, plainText, timestamp } from './columns'
import { errno, noSuchTable } from './errors'

const kernel: Record<string, Migration> = {
  kernel_001_outbox: {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('outbox')
        .ifNotExists()
        .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
        .addColumn('exchange', 'varchar(100)', c => c.notNull())
        .addColumn('routing_key', 'varchar(255)', c => c.notNull())
        .addColumn('message_id', ascii(64), c => c.notNull())
        .addColumn('type', 'varchar(100)', c => c.notNull())
        .addColumn('traceparent', ascii(64), c => c.notNull())
        .addColumn('body', sql`mediumtext`, c => c.notNull())
        .addColumn('due_at', timestamp)
        .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
        .modifyEnd(plainText)
        .execute()
    },
  },
  kernel_002_outbox_lease: {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('outbox_lease')
        .ifNotExists()
        .addColumn('id', 'integer', c => c.primaryKey())
        .addColumn('holder', ascii(64), c => c.notNull())
        .addColumn('expires_at', timestamp, c => c.notNull())
        .modifyEnd(plainText)
        .execute()
      await sql`insert ignore into outbox_lease (id, holder, expires_at) values (1, '', '2000-01-01')`.execute(db)
    },
  },
  kernel_003_inbox: {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('inbox')
        .ifNotExists()
        .addColumn('message_id', ascii(64), c => c.primaryKey())
        .addColumn('received_at', timestamp, c => c.notNull().defaultTo(currentTime))
        .addIndex('inbox_received_at', ['received_at'])
        .modifyEnd(plainText)
        .execute()
    },
  },
  kernel_004_idempotency_keys: {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('idempotency_keys')
        .ifNotExists()
        .addColumn('id', ascii(64), c => c.primaryKey())
        .addColumn('body_hash', ascii(64), c => c.notNull())
        .addColumn('lease_token', ascii(64))
        .addColumn('lease_until', timestamp, c => c.notNull())
        .addColumn('answer', sql`mediumtext`)
        .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
        .addIndex('idempotency_keys_created_at', ['created_at'])
        .modifyEnd(plainText)
        .execute()
    },
  },
  kernel_005_idempotency_owner: {
    async up(db: Kysely<unknown>) {
      await addOnce(db.schema.alterTable('idempotency_keys').addColumn('owner', 'bigint'))
    },
  },
  kernel_006_idempotency_owner_index: {
    async up(db: Kysely<unknown>) {
      await addOnce(db.schema.createIndex('idempotency_keys_owner').on('idempotency_keys').column('owner'))
    },
  },
  /** For the rows of other types while those of one type rest. InnoDB appends the primary key, so the rows of a type are in their order. */
  kernel_007_outbox_type: {
    async up(db: Kysely<unknown>) {
      await addOnce(db.schema.createIndex('outbox_type').on('outbox').column('type'))
    },
  },
}

/** The names of the migrations that this schema has had; none when it is new. */
const executed = async (db: Kysely<unknown>): Promise<Set<string>> => {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
    return new Set(rows.map(row => row.name))
  } catch (error) {
    if (errno(error) === noSuchTable) return new Set()
    throw error
  }
}

export const isMigrated = async (db: Kysely<unknown>, migrations: Record<string, Migration>): Promise<boolean> => {
  const done = await executed(db)
  return Object.keys({ ...kernel, ...migrations }).every(name => done.has(name))
}

/** Several instances may call it at once: one migrates under a lock of the server, the others wait and find it done. */
export const migrate = async (db: Kysely<unknown>, migrations: Record<string, Migration>): Promise<void> => {
  const migrator = new Migrator({
    db,
    // The migrations of a service and those of the kernel are added independently.
    allowUnorderedMigrations: true,
    provider: {
      async getMigrations() {
        // During a rolling deploy the schema has migrations that an older instance does not know: it must start all the same.
        const past = [...(await executed(db))].map(name => [name, { up: async () => {} }] as const)
        return { ...Object.fromEntries(past), ...kernel, ...migrations }
      },
    },
  })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
