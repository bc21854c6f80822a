import { type InternalIdentity, requireRole, type User, type VerifyToken } from '../auth'
import { currentContext } from '../context'
import { forbidden, unauthenticated } from '../errors'
import type { ServiceName } from '../platform'
import { checkAddress, readJson } from './body'

/** Who sent the request, as far as the route asks: nobody in particular on a public route. */
export interface Admitted {
  user?: User | undefined
  caller?: ServiceName
}
type Admit = (authorization: string | null) => Promise<Admitted> | Admitted

/** Elysia's context, with what the gate adds to it. */
interface GatedContext {
  request: Request
  route: string
  admitted: Admitted
}
export const admittedIn = (context: object): Admitted => (context as GatedContext).admitted

/**
 * The hooks that admit a request before anything of its input is validated, so that a caller without access learns nothing about its mistakes.
 * Requests with a body pass in `parse`, the others in `transform`, which is the first hook that runs for them. Elysia reads the source of hooks:
 * one that passes its context on to another function is given all of it, cookies included, and every request pays for that.
 */
export const gate = (admit: Admit, { readBody = true } = {}) => {
  const enter = async (request: Request, route: string): Promise<Admitted> => {
    currentContext().span?.rename(`${request.method} ${route}`)
    const admitted = await admit(request.headers.get('authorization'))
    checkAddress(request.url)
    return admitted
  }
  return {
    parse: async (given: object) => {
      const context = given as GatedContext
      context.admitted = await enter(context.request, context.route)
      // Null tells Elysia that the body is parsed.
      return readBody ? ((await readJson(context.request)) ?? null) : null
    },
    transform: async (given: object) => {
      const context = given as GatedContext
      if (context.request.method !== 'GET' && context.request.method !== 'HEAD') return
      context.admitted = await enter(context.request, context.route)
    },
  }
}

/** The ways to be admitted. */
export const admissions = ({ verify, identity }: { verify: VerifyToken; identity: InternalIdentity }) => ({
  user: (role: true | 'admin'): Admit => {
    return async authorization => {
      if (!authorization) throw unauthenticated('token_required', 'Log in and send the access token as "Authorization: Bearer <token>".')
      const user = await verify(authorization)
      if (role === 'admin') requireRole(user, 'admin')
      return { user }
    }
  },
  guest: async (authorization: string | null) => ({ user: authorization ? await verify(authorization) : undefined }),
  service: (callers: readonly ServiceName[]): Admit => {
    return async authorization => {
      const caller = await identity.callerOf(authorization)
      if (!callers.includes(caller)) throw forbidden('This service may not call this route.')
      return { caller }
    }
  },
  anyone: () => ({}),
})
