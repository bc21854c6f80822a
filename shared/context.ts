import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServiceName } from './platform'

/** A write that an administrator makes with a request. */
export interface AdminAct {
  user_id: number
  /** Method and route, as in `PATCH /api/orders/:id`. */
  action: string
  /** The parameters of the path. */
  target: Record<string, string>
}

/** What a piece of work passes on to its calls, events and log lines. */
export interface Context {
  requestId: string
  traceparent: string
  startedAt: number
  /** The service whose request this is. */
  caller?: ServiceName
  /** The span that is being recorded. Its name is known only once the route is matched. */
  span?: { rename(name: string): void }
  /** An administrator's write that is not in the audit log yet: the first transaction that commits adds it. */
  adminAct?: AdminAct | undefined
  /** The route is for administrators alone. */
  isAdminRoute?: boolean
}

const storage = new AsyncLocalStorage<Context>()

export const withContext = <T>(context: Context, work: () => T): T => storage.run(context, work)

const hex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')

/** Not sampled: with an exporter, the tracer decides anew by the trace's id. */
const newTraceparent = () => {
  const ids = hex(24)
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-00`
}

export const newContext = (requestId: string = crypto.randomUUID(), given?: string | null): Context => {
  let traceparent = given && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(given) ? given : undefined
  return {
    requestId,
    // Made when it is first passed on, which most requests never do.
    get traceparent() {
      traceparent ??= newTraceparent()
      return traceparent
    },
    startedAt: performance.now(),
  }
}

/** The context of the current work, or undefined: a log line outside of any work has no request id. */
export const peekContext = (): Context | undefined => storage.getStore()

/** The context of the current work. Work without a request, such as a sweep, gets a new one. */
export const currentContext = (): Context => storage.getStore() ?? newContext()

export const traceIdOf = ({ traceparent }: Context) => traceparent.slice(3, 35)
