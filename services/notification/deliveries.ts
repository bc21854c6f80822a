import { conflict, notFound } from '#shared/errors'
import { type Answer, idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Page, PageQuery } from '#shared/page'
import { countCapped, pageNewestFirst } from '#shared/sql'
import { day, minute } from '#shared/time'
import { type DeliveryRow, historyWith, type NotificationSql, type Trx } from './database'
import { type DeliveryView, deliveryView } from './delivery-model'
import { type Kind, kindNames } from './domain'
import type { DeliveryState } from './domain-delivery'

export type DeliveryFilter = PageQuery & {
  user_id?: number | undefined
  state?: DeliveryState | undefined
  kind?: Kind | undefined
  channel?: DeliveryRow['channel'] | undefined
}

/** One that could have been sent this long ago is a fault of ours, or its provider is away. */
const overdueMs = 10 * minute

/** Deliveries as administrators see them. */
export const deliveryRepository = (sql: NotificationSql) => {
  const { db } = sql
  /** Without those of a newer release. */
  const known = (executor: Pick<Trx, 'selectFrom'> = db) => executor.selectFrom('deliveries').where('kind', 'in', kindNames)
  const find = async (id: number): Promise<DeliveryRow> => {
    const row = await known().selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw notFound('delivery')
    return row
  }

  return {
    find,

    /** Newest first. */
    list({ user_id, state, kind, channel, ...query }: DeliveryFilter): Promise<Page<DeliveryRow>> {
      let filtered = known()
      if (user_id !== undefined) filtered = filtered.where('user_id', '=', user_id)
      if (state !== undefined) filtered = filtered.where('state', '=', state)
      if (kind !== undefined) filtered = filtered.where('kind', '=', kind)
      if (channel !== undefined) filtered = filtered.where('channel', '=', channel)
      return pageNewestFirst(db, filtered.selectAll(), query)
    },

    /** Queues it once more, as a new message. One that is still queued is tried at once. */
    resend: (id: number, keyed: Omit<KeyedRequest, 'body'>, now = new Date()): Promise<Answer<DeliveryView>> =>
      idempotently(sql, { ...keyed, body: {} }, save =>
        sql.transaction(async trx => {
          const row = await known(trx).selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
          if (!row) throw notFound('delivery')
          if (row.reason === erasedReason) throw conflict('user_erased', 'The account is erased; nothing can be sent to it.')
          const step = { at: now.toISOString(), state: 'queued' as const, detail: 'an administrator had it sent again' }
          const change = {
            ...{ state: 'queued' as const, reason: null, due_at: now, queued_at: now, attempts: 0 },
            resends: row.state === 'queued' ? row.resends : row.resends + 1,
            history: historyWith(row, step),
          }
          await trx.updateTable('deliveries').set(change).where('id', '=', id).execute()
          return save(trx, { status: 202, body: deliveryView({ ...row, ...change }) })
        }),
      ),

    /** For gauges and for drift. */
    async overdue(now = new Date(), limit = 10_000) {
      return db
        .selectFrom('deliveries')
        .select(['id', 'kind', 'channel', 'queued_at'])
        .where('state', '=', 'queued')
        .where('queued_at', '<', new Date(now.getTime() - overdueMs))
        .orderBy('id')
        .limit(limit)
        .execute()
    },
    /** Those of the last day. That a link had expired before its mail could go out needs nobody’s attention. */
    countFailed: (now = new Date()) =>
      countCapped(
        db,
        db
          .selectFrom('deliveries')
          .where('state', '=', 'failed')
          .where('reason', '!=', linkExpired)
          .where('created_at', '>', new Date(now.getTime() - day)),
      ),
  }
}
/** Why a mail with a secret was not sent. */
export const linkExpired = 'its link has expired or was used'
export type Deliveries = ReturnType<typeof deliveryRepository>

/** Why a delivery of an erased user was not sent. */
export const erasedReason = 'the account was erased'
