import type { Selectable } from 'kysely'
import { type AdminAct, currentContext } from '#shared/context'
import type { Message } from '#shared/event'
import type { Page, PageQuery } from '#shared/page'
import { insertOnce, pageNewestFirst } from '#shared/sql'
import type { Trx, UserDb, UserSql } from './database'

export type AuditRow = Selectable<UserDb['audit_log']>
type Action =
  | 'account.registered'
  | 'account.erased'
  | 'account.blocked'
  | 'account.unblocked'
  | 'admin.created'
  | 'email.change_requested'
  | 'email.changed'
  | 'email.verified'
  | 'login.failed'
  | 'login.locked'
  | 'mfa.disabled'
  | 'mfa.enabled'
  | 'mfa.recovery_code_used'
  | 'mfa.recovery_codes_renewed'
  | 'mfa.reset'
  | 'password.changed'
  | 'password.reset'
  | 'password.reset_requested'
  | 'role.changed'
  | 'session.ended'
  | 'session.reuse_detected'
  | 'session.started'

interface Subject {
  user: number
  /** Absent when nobody was logged in. */
  actor?: number
  detail?: string
}
interface AuditQuery extends PageQuery {
  user_id?: number
  actor_id?: number
}

type EnteredAct = AdminAct & { request_id: string }

const batch = 500

/**
 * The audit log, in a schema of its own where the service's database user may insert and read, but neither change nor delete (scripts/provision.ts).
 * It is kept for ever, so it holds ids and no names.
 */
export const auditLog = (sql: UserSql, schema: string) => {
  const { db } = sql
  const log = db.withSchema(schema)

  const addAct = async (trx: Trx, { user_id, action, target, request_id }: EnteredAct, event: { event_id?: string; at?: Date } = {}) => {
    const detail = Object.keys(target).length > 0 ? JSON.stringify(target) : null
    const entry = { action, user_id: null, actor_id: user_id, detail, request_id, ...event }
    await insertOnce(trx.withSchema(schema).insertInto('audit_log').values(entry))
  }

  return {
    /** Called in the transaction of the action itself. */
    async record(trx: Trx, action: Action, { user, actor, detail }: Subject) {
      await trx
        .withSchema(schema)
        .insertInto('audit_log')
        .values({ action, user_id: user, actor_id: actor ?? null, detail: detail ?? null, request_id: currentContext().requestId })
        .execute()
    },

    /** What an administrator did in a service with an outbox: one entry, however often the event comes. */
    receiveAct: (message: Message<EnteredAct>) =>
      sql.once(message, trx => addAct(trx, message.data, { event_id: message.id, at: new Date(message.time) })),

    /** The same for a service that has none. */
    enterAct: (act: EnteredAct) => sql.transaction(trx => addAct(trx, act)),

    list({ user_id, actor_id, ...query }: AuditQuery): Promise<Page<AuditRow>> {
      const all = log.selectFrom('audit_log')
      const about = user_id === undefined ? all : all.where('user_id', '=', user_id)
      const wanted = actor_id === undefined ? about : about.where('actor_id', '=', actor_id)
      return pageNewestFirst(db, wanted.selectAll(), query)
    },

    /** Moves entries here that an instance of an earlier release wrote into the service's own schema. False when none were left. */
    moveOldEntries: () =>
      sql.transaction(async trx => {
        const rows = await trx.selectFrom('audit_log').selectAll().orderBy('id').limit(batch).forUpdate().execute()
        if (rows.length === 0) return false
        const entries = rows.map(({ id, ...row }) => row)
        await trx.withSchema(schema).insertInto('audit_log').values(entries).execute()
        const ids = rows.map(({ id }) => id)
        await trx.deleteFrom('audit_log').where('id', 'in', ids).execute()
        return true
      }),
  }
}
export type Audit = ReturnType<typeof auditLog>
export type RecordAudit = Audit['record']
