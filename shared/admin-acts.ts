import { type AdminAct, currentContext, peekContext, withContext } from './context'
import { type Draft, defineEvent } from './event'
import type { Http } from './http'
import { type ServiceName, serviceNames, services } from './platform'
import { closed, Id, t } from './schema'

/**
 * Every write of an administrator gets an entry in the audit log, which the user service keeps. The gate notes the act in the request's
 * context. The first transaction of the request that commits publishes it beside its effect, so that there is neither an effect without
 * an entry nor an entry without an effect. In SQL, a write outside of a transaction is refused (sql/audited.ts). A service that has no
 * outbox sends the entry to the user service before it acts.
 */
const act = { user_id: Id, action: t.String(), target: t.Record(t.String(), t.String()) }

/** The event of one service: each publishes it on its own exchange. */
export const adminActedIn = (from: ServiceName) =>
  defineEvent('admin.acted', { from, to: ['user'], aggregate: 'admin_act', data: t.Object({ ...act, request_id: t.String() }) })

/** Runs a transaction with the event of the act in the context, if there is one. If the transaction fails, the act stays in the context. */
export const withAdminAct = async <T>(service: ServiceName, transaction: (drafts: Draft[]) => Promise<T>): Promise<T> => {
  const context = peekContext()
  const waiting = context?.adminAct
  if (!context || !waiting) return transaction([])
  context.adminAct = undefined
  try {
    const { requestId } = context
    const event = adminActedIn(service)
    return await transaction([event({ id: requestId, version: 1 }, { ...waiting, request_id: requestId })])
  } catch (error) {
    context.adminAct = waiting
    throw error
  }
}

/** Runs what comes before an act and may refuse it, such as the check of a password. None of its transactions publishes the act. */
export const beforeAdminAct = <T>(check: () => T): T => withContext({ ...currentContext(), adminAct: undefined }, check)

const withoutOutbox = serviceNames.filter(name => services[name].store === 'redis')

/** Where services without an outbox send an act. */
export const adminActRoute = ({ http, record }: { http: Http; record: (act: AdminAct & { request_id: string }) => Promise<unknown> }) =>
  http('/internal').post(
    '/audit',
    async ({ body, set }) => {
      await record(body)
      set.status = 204
    },
    {
      internal: withoutOutbox,
      body: closed({ ...act, request_id: t.String() }),
      response: { 204: t.Void() },
      detail: { summary: 'Enter an administrator’s act in the audit log' },
    },
  )
export type AdminActApi = ReturnType<typeof adminActRoute>
