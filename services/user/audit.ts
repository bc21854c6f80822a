import type { Selectable } from 'kysely'
import { currentContext } from '#shared/context'
import { afterId, newestFirst, type Page, type PageQuery } from '#shared/page'
import { countCapped } from '#shared/sql'
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

/** Called in the transaction of the action itself. Entries are never changed or deleted. `actor` is absent when nobody was logged in. */
export const recordAudit = async (
  trx: Pick<Trx, 'insertInto'>,
  action: Action,
  { user, actor, detail }: { user: number; actor?: number; detail?: string },
) => {
  await trx
    .insertInto('audit_log')
    .values({ action, user_id: user, actor_id: actor ?? null, detail: detail ?? null, request_id: currentContext().requestId })
    .execute()
}

export const auditRepository = ({ db }: Pick<UserSql, 'db'>) => ({
  async list({ limit, user_id, ...query }: PageQuery & { user_id?: number }): Promise<Page<AuditRow>> {
    const all = db.selectFrom('audit_log')
    const wanted = user_id === undefined ? all : all.where('user_id', '=', user_id)
    const { below, skip } = newestFirst(query)
    const [items, total] = await Promise.all([
      wanted.selectAll().where('id', '<', below).orderBy('id', 'desc').offset(skip).limit(limit).execute(),
      countCapped(db, wanted),
    ])
    return { items, total, nextCursor: afterId(items, limit) }
  },
})
export type Audit = ReturnType<typeof auditRepository>
