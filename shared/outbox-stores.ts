import { Kysely, MysqlDialect, type MysqlPool } from 'kysely'
import { sqlOutbox } from './sql/outbox'
import type { KernelTables } from './sql/tables'

/** The outboxes of both stores, for scripts that work on the databases of all services at once. */
export { mongoOutbox } from './mongo/outbox'

export const sqlOutboxOf = (pool: MysqlPool) => {
  const db = new Kysely<KernelTables>({ dialect: new MysqlDialect({ pool }) })
  return { ...sqlOutbox(db), close: () => db.destroy() }
}
