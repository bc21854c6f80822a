import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/**
 * Nobody knows whether the session that registered an older device is still alive. Such a device gets nothing, and is deleted at the next message
 * for it, unless its app has registered it again by then. The same goes for what instances of an earlier release register during the deployment.
 */
export const deviceSessions: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('devices').addColumn('session_id', 'varchar(64)'))
    await addOnce(db.schema.createIndex('devices_session').on('devices').column('session_id'))
  },
}
