import type { TSchema } from '@sinclair/typebox'
import { type DocumentDecoration, Elysia } from 'elysia'
import type { InternalIdentity, VerifyToken } from './auth'
import { currentContext, newContext, withContext } from './context'
import { statusOf } from './errors'
import { admissions, gate, noteAdminAct } from './http/gate'
import { knownFields } from './http/known-fields'
import { problemResponse, toAppError } from './http/problem'
import type { ServiceName } from './platform'
import { noTracer, type Tracer } from './trace'

export { readBytes, requirePlain, sane } from './http/body'
export { problemResponse, toAppError } from './http/problem'

export interface HttpDeps {
  service: ServiceName
  verify: VerifyToken
  identity: InternalIdentity
  tracer?: Tracer
  /** Called for every request, after its answer. */
  observe(seen: { method: string; route: string; status: number; seconds: number; caller: ServiceName | undefined }): void
  log: { error(fields: object, message: string): void; warn(fields: object, message: string): void }
  draining(): boolean
  /** See admin-acts.ts. `before` runs before the handler of an administrator's route, `after` when it has not failed. */
  audit?: { before(): Promise<void>; after(): Promise<void> }
}

const saneId = /^[\w.:-]{1,128}$/

/** Says in the route's detail who may call it, for its document. Elysia keeps what a macro returns, not the option that the route set. */
const access = (auth: true | 'admin' | 'guest' | 'public' | 'signed' | 'internal'): { detail: DocumentDecoration } => {
  const detail = { hide: auth === 'internal', 'x-auth': auth }
  return { detail }
}

/** A name of docs/errors.md. */
export type ProblemCode = keyof typeof import('./docs/problems.json')

/** Says in the route's detail with which errors of its own it can answer. */
const problems = (codes: readonly ProblemCode[]): { detail: DocumentDecoration } => {
  const detail: DocumentDecoration & { 'x-problems': readonly ProblemCode[] } = { 'x-problems': codes }
  return { detail }
}

/** Says in the route's detail what a repetition does, for its document. */
const repeats = (what: string): { detail: DocumentDecoration } => {
  const detail: DocumentDecoration & { 'x-repeats': string } = { 'x-repeats': what }
  return { detail }
}

/**
 * The root of every app: request id, identity, one error shape, one way to read a body. Every route says who may call it:
 *
 * - `auth: true | 'admin'` gives the handler a `user`;
 * - `guest: true` gives it a `user` if the request has a token;
 * - `public: true` needs no token;
 * - `internal: [callers]` admits these services, and leaves out what it does not know of a body: in a rolling deploy the caller may be newer;
 * - `stream: true | 'admin'` is `auth` with the body left for the handler to stream;
 * - `signed: true` needs no token and leaves the body unread, because the signature is over its bytes (`readBytes`).
 *
 * `problems: ['order_not_found']` names the errors that a public route answers beside those that follow from its input and its callers.
 * `repeats: 'changes nothing'` says of a POST that takes no `Idempotency-Key` what a repetition does, and so why it needs none.
 */
export const createHttp = ({ service, verify, identity, tracer = noTracer, observe, log, draining, audit }: HttpDeps) => {
  const admit = admissions({ verify, identity })
  const audited = (role: true | 'admin') =>
    role === 'admin' && audit ? { beforeHandle: () => audit.before(), afterHandle: () => audit.after() } : {}

  const plugin = new Elysia({ name: 'http', seed: service, normalize: false })
    .wrap((handle, request) => () => {
      const given = request.headers.get('x-request-id')
      const traceparent = request.headers.get('traceparent')
      const context = newContext(given && saneId.test(given) ? given : undefined, traceparent)
      if (tracer === noTracer) return withContext(context, () => handle(request))
      const root = context.traceparent !== traceparent
      return withContext(context, () =>
        tracer.span(request.method, { kind: 'server', root }, async span => {
          currentContext().span = span
          const response: unknown = await handle(request)
          if (!(response instanceof Response)) return response
          span.set({ 'http.response.status_code': response.status })
          // Its error has become the answer.
          if (response.status >= 500) span.fail(String(response.status))
          return response
        }),
      )
    })
    .onRequest(({ set }) => {
      set.headers['x-request-id'] = currentContext().requestId
      if (draining()) set.headers.connection = 'close'
    })
    .onError({ as: 'global' }, ({ error, code, set, request, route }) => {
      const answer = toAppError(error, code)
      const status = statusOf[answer.kind]
      if (status >= 500)
        log[status === 500 ? 'error' : 'warn'](
          { err: answer.cause ?? answer, code: answer.code, method: request.method, route },
          answer.message,
        )
      const { 'x-request-id': id, connection } = set.headers
      set.status = status
      return problemResponse(answer, { 'x-request-id': String(id), ...(connection && { connection: String(connection) }) })
    })
    .onAfterResponse({ as: 'global' }, ({ request, route, set }) => {
      const { startedAt, caller } = currentContext()
      observe({
        method: request.method,
        route: route || 'none',
        status: Number(set.status ?? 200),
        seconds: (performance.now() - startedAt) / 1000,
        caller,
      })
    })
    .macro({
      problems,
      repeats,
      auth: (role: true | 'admin') => ({ ...access(role), ...gate(admit.user(role), { note: noteAdminAct(role) }), ...audited(role) }),
      guest: (_: true) => ({ ...access('guest'), ...gate(admit.guest) }),
      public: (_: true) => ({ ...access('public'), ...gate(admit.public) }),
      signed: (_: true) => ({ ...access('signed'), ...gate(admit.anyone, { readBody: false }) }),
      internal: (callers: readonly ServiceName[]) => {
        let schema: TSchema | undefined
        const clean = (body: unknown) => (schema ? knownFields(schema, body) : body)
        const introspect = (route: { body?: TSchema }) => {
          schema = route.body
        }
        return { ...access('internal'), ...gate(admit.service(callers), { clean }), introspect }
      },
      stream: (role: true | 'admin') => ({
        ...access(role),
        ...gate(admit.user(role), { readBody: false, note: noteAdminAct(role) }),
        ...audited(role),
      }),
    })

  /** An app for routes under `prefix`. */
  return <const Prefix extends string>(prefix: Prefix) => new Elysia({ prefix, normalize: false }).use(plugin)
}
export type Http = ReturnType<typeof createHttp>
