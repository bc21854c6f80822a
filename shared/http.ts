import { type DocumentDecoration, Elysia } from 'elysia'
import { type InternalIdentity, requireRole, type User, type VerifyToken } from './auth'
import { readJson } from './body'
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

interface Guarded {
  request: Request
  route: string
  body: unknown
  guarded?: boolean
  raw?: boolean
  user?: User | undefined
  caller?: ServiceName
}

/** A route's decision, for its document: Elysia keeps of a macro what the macro returns, not what the route said. */
const decided = (auth: true | 'admin' | 'guest' | 'public' | 'internal'): { detail: DocumentDecoration } => {
  const detail = { hide: auth === 'internal', 'x-auth': auth }
  return { detail }
}

/**
 * The root that every app starts from: request id, identity, one error shape, one way to read a body.
 * Each route says who may call it: `auth: true | 'admin'` gives `user`, `guest: true` gives `user` or nothing,
 * `public: true` asks for nothing, `internal: [callers]` is for services. `stream` is `auth` that leaves the body to the handler, unread.
 */
export const createHttp = ({ service, verify, identity, tracer = noTracer, observe, log, draining }: HttpDeps) => {
  /** Runs before a body is parsed where there is one, else before validation: who may not come in learns nothing of what is wrong with the input. */
  const gate = (admit: (context: Guarded, authorization: string | null) => Promise<void> | void) => {
    const guard = async (context: object) => {
      const guarded = context as Guarded
      if (guarded.guarded) return
      guarded.guarded = true
      currentContext().span?.rename(`${guarded.request.method} ${guarded.route}`)
      await admit(guarded, guarded.request.headers.get('authorization'))
    }
    return {
      parse: async (context: object) => {
        await guard(context)
        return null
      },
      transform: async (context: object) => {
        await guard(context)
        const guarded = context as Guarded
        const { method } = guarded.request
        if (!guarded.raw && method !== 'GET' && method !== 'HEAD') guarded.body = await readJson(guarded.request)
      },
    }
  }

  const admitUser = async (context: Guarded, authorization: string | null, role: true | 'admin') => {
    if (!authorization) throw unauthenticated('token_required', 'Log in and send the access token as "Authorization: Bearer <token>".')
    context.user = await verify(authorization)
    if (role === 'admin') requireRole(context.user, 'admin')
  }

  const plugin = new Elysia({ name: 'http', seed: service, normalize: false })
    .wrap((handle, request) => () => {
      const given = request.headers.get('x-request-id')
      const traceparent = request.headers.get('traceparent')
      return withContext(newContext(given && saneId.test(given) ? given : undefined, traceparent), () =>
        tracer.span(request.method, { kind: 'server', root: !traceparent }, span => {
          currentContext().span = span
          return handle(request)
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
    .onAfterResponse({ as: 'global' }, context => {
      const { request, route, set } = context
      observe({
        method: request.method,
        route: route || 'none',
        status: Number(set.status ?? 200),
        seconds: (performance.now() - currentContext().startedAt) / 1000,
      })
    })
    .macro({
      auth: (role: true | 'admin') => ({
        ...decided(role),
        ...gate(async (context, authorization) => {
          if (!authorization)
            throw unauthenticated('token_required', 'Log in and send the access token as "Authorization: Bearer <token>".')
          context.user = await verify(authorization)
          if (role === 'admin') requireRole(context.user, 'admin')
        }),
        resolve: context => ({ user: (context as Guarded).user as User }),
      }),
      guest: (_: true) => ({
        ...decided('guest'),
        ...gate(async (context, authorization) => {
          context.user = authorization ? await verify(authorization) : undefined
        }),
        resolve: context => ({ user: (context as Guarded).user }),
      }),
      public: (_: true) => ({
        ...decided('public'),
        ...gate(async (_context, authorization) => {
          if (authorization) await verify(authorization)
        }),
      }),
      internal: (callers: readonly ServiceName[]) => ({
        ...decided('internal'),
        ...gate(async (context, authorization) => {
          context.caller = await identity.callerOf(authorization)
          if (!callers.includes(context.caller)) throw forbidden('This service may not call this route.')
        }),
        resolve: context => ({ caller: (context as Guarded).caller as ServiceName }),
      }),
      stream: (role: true | 'admin') => ({
        ...decided(role),
        ...gate(async (context, authorization) => {
          context.raw = true
          await admitUser(context, authorization, role)
        }),
        resolve: context => ({ user: (context as Guarded).user as User }),
      }),
    })

  /** Begins a service's routes under a path. */
  return <const Prefix extends string>(prefix: Prefix) => new Elysia({ prefix, normalize: false }).use(plugin)
}
export type Http = ReturnType<typeof createHttp>
