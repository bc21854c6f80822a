import type { Selectable } from 'kysely'
import { currentContext } from '#shared/context'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped } from '#shared/sql'
import type { Trx, UserDb, UserSql } from './database'

export type AuditRow = Selectable<UserDb['audit_log']>
type Action =
  | 'account.registered'
  | 'account.erased'
  | 'account.blocked'
  | 'account.unblocked'
  | 'admin.created'
  | 'email.changed'
  | 'email.verified'
  | 'mfa.disabled'
  | 'mfa.enabled'
  | 'mfa.recovery_code_used'
  | 'password.changed'
  | 'password.reset'
  | 'password.reset_requested'
  | 'role.changed'
  | 'session.ended'
  | 'session.reuse_detected'
  | 'session.started'

/** Adds to the log in the transaction of the act itself. The log is only ever added to and read. `actor` is absent when nobody was logged in. */
export const record = async (
  trx: Pick<Trx, 'insertInto'>,
  action: Action,
  { user, actor, detail }: { user: number; actor?: number; detail?: string },
) => {
  await trx
    .insertInto('audit_log')
    .values({ action, user_id: user, actor_id: actor ?? null, detail: detail ?? null, request_id: currentContext().requestId })
    .execute()
}

const Cursor = t.Tuple([t.Integer()])

export const auditTrail = ({ db }: Pick<UserSql, 'db'>) => ({
  async list({ skip, limit, cursor, user_id }: PageQuery & { user_id?: number }): Promise<Page<AuditRow>> {
    const all = db.selectFrom('audit_log')
    const wanted = user_id === undefined ? all : all.where('user_id', '=', user_id)
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, Cursor)
    const from = before === undefined ? wanted.offset(skip) : wanted.where('id', '<', before)
    const [items, total] = await Promise.all([from.selectAll().orderBy('id', 'desc').limit(limit).execute(), countCapped(db, wanted)])
    return { items, total, nextCursor: cursorAfter(items, limit, row => [row.id]) }
  },
})
export type AuditTrail = ReturnType<typeof auditTrail>
