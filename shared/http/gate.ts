import { type InternalIdentity, requireRole, type User, type VerifyToken } from '../auth'
import { currentContext } from '../context'
import { forbidden, unauthenticated } from '../errors'
import type { ServiceName } from '../platform'
import { checkAddress, readJson } from './body'

/** Decides who may call a route, by the `Authorization` header; gives what the handler finds in its context. */
type Admit<Caller extends object> = (authorization: string | null) => Promise<Caller> | Caller

/** Elysia's context, with what the gate adds to it. */
interface Gated<Caller> {
  request: Request
  route: string
  /** Absent when the route has none. */
  params?: Record<string, string>
  admitted?: Caller
}

interface GateOptions<Caller> {
  readBody?: boolean
  /** Called with the parsed body of a request that is admitted; its result is validated. */
  clean?: (body: unknown) => unknown
  /** Called for a write that is admitted. */
  note?: (admitted: Caller, action: string, params?: Record<string, string>) => void
}

/**
 * The hooks that admit a request before its input is validated, so that a caller without access learns nothing about mistakes in it. A
 * request with a body is admitted in `parse`, any other in `transform`, the first hook that runs for it. Elysia reads the source of
 * hooks: one that passes its context to another function gets all of it, cookies included, which every request would pay for.
 */
export const gate = <Caller extends object>(
  admit: Admit<Caller>,
  { readBody = true, clean = body => body, note }: GateOptions<Caller> = {},
) => {
  const enter = async (request: Request, route: string): Promise<Caller> => {
    currentContext().span?.rename(`${request.method} ${route}`)
    const admitted = await admit(request.headers.get('authorization'))
    checkAddress(request.url)
    return admitted
  }
  return {
    parse: async (context: Gated<Caller>) => {
      context.admitted = await enter(context.request, context.route)
      note?.(context.admitted, `${context.request.method} ${context.route}`, context.params)
      // Null says to Elysia that the body is parsed.
      return readBody ? (clean(await readJson(context.request)) ?? null) : null
    },
    transform: async (context: Gated<Caller>) => {
      if (context.request.method !== 'GET' && context.request.method !== 'HEAD') return
      context.admitted = await enter(context.request, context.route)
    },
    resolve: ({ admitted, route }: Gated<Caller>): Caller => {
      if (!admitted) throw new Error(`a request reached ${route} past the gate`)
      return admitted
    },
  }
}

/** Notes an administrator's write for the audit log (admin-acts.ts). */
export const noteAdminAct =
  (route: true | 'admin') =>
  ({ user }: { user: User }, action: string, params: Record<string, string> = {}) => {
    if (user.role !== 'admin') return
    const target = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.slice(0, 100)]))
    Object.assign(currentContext(), { adminAct: { user_id: user.id, action, target }, isAdminRoute: route === 'admin' })
  }

/** The ways to be admitted. */
export const admissions = ({ verify, identity }: { verify: VerifyToken; identity: InternalIdentity }) => ({
  user: (role: true | 'admin') => async (authorization: string | null) => {
    if (!authorization) throw unauthenticated('token_required', 'Log in and send the access token as "Authorization: Bearer <token>".')
    const user = await verify(authorization)
    if (role === 'admin') requireRole(user, 'admin')
    return { user }
  },
  guest: async (authorization: string | null) => ({ user: authorization ? await verify(authorization) : undefined }),
  /** A token is not needed, but a bad one is refused. */
  public: async (authorization: string | null) => {
    if (authorization) await verify(authorization)
    return {}
  },
  service: (callers: readonly ServiceName[]) => async (authorization: string | null) => {
    const caller = await identity.callerOf(authorization)
    if (!callers.includes(caller)) throw forbidden('This service may not call this route.')
    currentContext().caller = caller
    return { caller }
  },
  anyone: () => ({}),
})
