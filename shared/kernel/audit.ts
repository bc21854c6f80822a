import type { AdminActApi } from '../admin-acts'
import { ask, type Clients } from '../client'
import { peekContext } from '../context'

/** Enters the acts of administrators that no transaction of their request has entered (../admin-acts.ts). */
export const createAudit = (client: Clients) => {
  let commitAct: (() => Promise<unknown>) | undefined
  return {
    /** Makes acts go to the outbox: an empty transaction takes the act that waits. */
    useOutbox(emptyTransaction: () => Promise<unknown>) {
      commitAct = emptyTransaction
    },
    /** Without an outbox, the act is entered first: if that fails, it is not done. */
    async before() {
      const context = peekContext()
      if (commitAct || !context?.adminAct) return
      await ask('user', client<AdminActApi>('user').internal.audit.post({ ...context.adminAct, request_id: context.requestId }))
      context.adminAct = undefined
    },
    async after() {
      if (peekContext()?.adminAct) await commitAct?.()
    },
  }
}
