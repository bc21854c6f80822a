import { type DocumentDecoration, Elysia } from 'elysia'
import { type InternalIdentity, requireRole, type User, type VerifyToken } from './auth'
import { checkAddress, readJson } from './body'
import { currentContext, newContext, withContext } from './context'
import { forbidden, statusOf, unauthenticated } from './errors'
import { problemResponse, toAppError } from './problem'
import type { ServiceName } from './services'
import { noTracer, type Tracer } from './trace'

export interface HttpDeps {
  service: ServiceName
  verify: VerifyToken
  identity: InternalIdentity
  tracer?: Tracer
  /** Told of every request when it is answered. */
  observe(seen: { method: string; route: string; status: number; seconds: number }): void
  log: { error(fields: object, message: string): void; warn(fields: object, message: string): void }
  draining(): boolean
}

const saneId = /^[\w.:-]{1,128}$/

/** Who was let in; nobody in particular on a public route. */
interface Admitted {
  user?: User | undefined
  caller?: ServiceName
}
type Entering = Admitted & { request: Request; route: string }

/** A route's decision, for its document: Elysia keeps of a macro what the macro returns, not what the route said. */
const decided = (auth: true | 'admin' | 'guest' | 'public' | 'signed' | 'internal'): { detail: DocumentDecoration } => {
  const detail = { hide: auth === 'internal', 'x-auth': auth }
  return { detail }
}

/**
 * The root that every app starts from: request id, identity, one error shape, one way to read a body.
 * Each route says who may call it: `auth: true | 'admin'` gives `user`, `guest: true` gives `user` or nothing,
 * `public: true` asks for nothing, `internal: [callers]` is for services. `stream` is `auth` that leaves the body to the handler, unread;
 * `signed: true` is `public` that does: the body itself proves who sent it, so its bytes must reach the handler as they came (`readBytes`).
 */
export const createHttp = ({ service, verify, identity, tracer = noTracer, observe, log, draining }: HttpDeps) => {
  /**
   * Lets a request in before anything of its input is looked at: who may not come in learns nothing of what is wrong with it. Methods with a body
   * do so where the body is parsed, the others in `transform`, the first hook that they have. (No hook may pass `context` on to a
   * function: Elysia then takes every part of it for used, cookies and all, and each request pays for them.)
   */
  const gate = (admit: (authorization: string | null) => Promise<Admitted> | Admitted, { readBody = true } = {}) => {
    const enter = (request: Request, route: string) => {
      currentContext().span?.rename(`${request.method} ${route}`)
      return admit(request.headers.get('authorization'))
    }
    return {
      parse: async (given: object) => {
        const context = given as Entering
        const { user, caller } = await enter(context.request, context.route)
        checkAddress(context.request.url)
        context.user = user
        if (caller) context.caller = caller
        // Null says that there is nothing left to parse.
        return readBody ? ((await readJson(context.request)) ?? null) : null
      },
      transform: async (given: object) => {
        const context = given as Entering
        if (context.request.method !== 'GET' && context.request.method !== 'HEAD') return
        const { user, caller } = await enter(context.request, context.route)
        checkAddress(context.request.url)
        context.user = user
        if (caller) context.caller = caller
      },
    }
  }

  const admitUser = (role: true | 'admin') => async (authorization: string | null) => {
    if (!authorization) throw unauthenticated('token_required', 'Log in and send the access token as "Authorization: Bearer <token>".')
    const user = await verify(authorization)
    if (role === 'admin') requireRole(user, 'admin')
    return { user }
  }
  const admitGuest = async (authorization: string | null) => ({ user: authorization ? await verify(authorization) : undefined })
  const admitService = (callers: readonly ServiceName[]) => async (authorization: string | null) => {
    const caller = await identity.callerOf(authorization)
    if (!callers.includes(caller)) throw forbidden('This service may not call this route.')
    return { caller }
  }
  const withUser = (context: object) => ({ user: (context as Admitted).user! })

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
          if (response instanceof Response) span.set({ 'http.response.status_code': response.status })
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
      observe({
        method: request.method,
        route: route || 'none',
        status: Number(set.status ?? 200),
        seconds: (performance.now() - currentContext().startedAt) / 1000,
      })
    })
    .macro({
      auth: (role: true | 'admin') => ({ ...decided(role), ...gate(admitUser(role)), resolve: withUser }),
      guest: (_: true) => ({ ...decided('guest'), ...gate(admitGuest), resolve: context => ({ user: (context as Admitted).user }) }),
      public: (_: true) => ({ ...decided('public'), ...gate(admitGuest) }),
      signed: (_: true) => ({ ...decided('signed'), ...gate(() => ({}), { readBody: false }) }),
      internal: (callers: readonly ServiceName[]) => ({
        ...decided('internal'),
        ...gate(admitService(callers)),
        resolve: context => ({ caller: (context as Admitted).caller! }),
      }),
      stream: (role: true | 'admin') => ({ ...decided(role), ...gate(admitUser(role), { readBody: false }), resolve: withUser }),
    })

  /** Begins a service's routes under a path. */
  return <const Prefix extends string>(prefix: Prefix) => new Elysia({ prefix, normalize: false }).use(plugin)
}
export type Http = ReturnType<typeof createHttp>
