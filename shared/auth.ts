import { jwt } from '@elysiajs/jwt'
import { createLocalJWKSet, type JSONWebKeySet, errors as jose, jwtVerify } from 'jose'
import { AppError, forbidden, unauthenticated, unavailable } from './errors'
import { isServiceName, type ServiceName } from './platform'
import { minute, second } from './time'

export type Role = 'customer' | 'admin'
export interface User {
  id: number
  role: Role
  /** The session of the token. */
  sid: string
  /** When the token ends, in milliseconds. */
  expiresAt: number
}

export const accessTokens = { issuer: 'shop-user', audience: 'shop', algorithm: 'EdDSA', lifeSeconds: 15 * 60 } as const

type KeySet = ReturnType<typeof createLocalJWKSet>
interface KeySource {
  /** The published keys, fetched again when `kid` is not among them. */
  keys(kid?: string): Promise<KeySet>
}

/** Keeps the last good set. An unknown key id causes one fetch a minute at most, however many requests name one. */
export const createKeySource = (fetchKeys: () => Promise<JSONWebKeySet>, now = Date.now): KeySource => {
  let known: { set: KeySet; ids: Set<string | undefined> } | undefined
  let fetching: Promise<{ set: KeySet }> | undefined
  let refreshedAt = Number.NEGATIVE_INFINITY
  const fetchSet = async () => {
    const published = await fetchKeys()
    if (published.keys.length === 0) throw new Error('no keys are published')
    known = { set: createLocalJWKSet(published), ids: new Set(published.keys.map(key => key.kid)) }
    return known
  }
  const refresh = () => {
    fetching ??= fetchSet().finally(() => {
      fetching = undefined
    })
    return fetching
  }
  return {
    async keys(kid) {
      if (!known) {
        const { set } = await refresh().catch(cause => {
          throw unavailable(
            'keys_unavailable',
            'The keys that verify access tokens cannot be fetched right now; try again in a moment.',
            cause,
          )
        })
        return set
      }
      if (!known.ids.has(kid) && (fetching || now() - refreshedAt >= minute)) {
        if (!fetching) refreshedAt = now()
        await refresh().catch(() => {})
      }
      return known.set
    },
  }
}

/** Verified tokens are remembered until they expire, up to this many; the oldest makes room. */
const maxRemembered = 20_000

export const createTokenVerifier = (source: KeySource, revoked: (sid: string) => boolean, most = maxRemembered) => {
  const verified = new Map<string, User>()

  const verify = async (token: string): Promise<User> => {
    const { issuer, audience, algorithm } = accessTokens
    const { payload } = await jwtVerify(token, async header => (await source.keys(header.kid))(header), {
      issuer,
      audience,
      algorithms: [algorithm],
      requiredClaims: ['sub', 'sid', 'role', 'exp'],
    }).catch(error => {
      if (error instanceof AppError) throw error
      if (error instanceof jose.JWTExpired)
        throw unauthenticated('token_expired', 'The access token has expired; get a new one with the refresh token.')
      throw invalidToken()
    })
    const { sub, sid, role, exp } = payload
    const id = Number(sub)
    const isRole = role === 'customer' || role === 'admin'
    if (!Number.isSafeInteger(id) || typeof sid !== 'string' || !isRole || exp === undefined) throw invalidToken()
    const user: User = { id, role, sid, expiresAt: exp * second }
    const [oldest] = verified.keys()
    if (verified.size >= most && oldest !== undefined) verified.delete(oldest)
    verified.set(token, user)
    return user
  }

  return async (authorization: string): Promise<User> => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (!token) throw unauthenticated('invalid_token', 'The Authorization header must read "Bearer <access token>".')
    const hit = verified.get(token)
    if (hit && hit.expiresAt <= Date.now()) verified.delete(token)
    const user = hit && hit.expiresAt > Date.now() ? hit : await verify(token)
    if (revoked(user.sid)) throw sessionEnded()
    return user
  }
}
export type VerifyToken = ReturnType<typeof createTokenVerifier>

export const sessionEnded = () => unauthenticated('session_ended', 'This session has ended; log in again.')
const invalidToken = () => unauthenticated('invalid_token', 'The access token is not valid; log in again.')

export const requireRole = (user: User, role: Role): void => {
  if (role === 'admin' && user.role !== 'admin') throw forbidden('This needs the admin role.')
}

/** Everybody may see their own, and an administrator what is anybody's. */
export const maySee = (user: { id: number; role: string }, ownerId: number | null): boolean => user.id === ownerId || user.role === 'admin'

const internalLifeMs = minute

/** How a service proves to another who calls: a token of one minute that names both, signed with the platform's internal key. */
export const createInternalIdentity = (service: ServiceName, secret: string) => {
  const signer = jwt({ name: 'internal', secret, iss: service, exp: `${internalLifeMs / second}s` }).decorator.internal
  const own = new Map<ServiceName, { token: string; renewAt: number }>()
  const verified = new Map<string, { caller: ServiceName; expiresAt: number }>()
  return {
    async tokenFor(callee: ServiceName): Promise<string> {
      const last = own.get(callee)
      if (last && last.renewAt > Date.now()) return last.token
      const token = await signer.sign({ aud: callee })
      own.set(callee, { token, renewAt: Date.now() + internalLifeMs / 2 })
      return token
    },
    async callerOf(authorization: string | null): Promise<ServiceName> {
      const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : ''
      const hit = verified.get(token)
      if (hit && hit.expiresAt > Date.now()) return hit.caller
      const claims = await signer.verify(token, { audience: service, algorithms: ['HS256'], requiredClaims: ['iss', 'exp'] })
      if (!claims || !isServiceName(claims.iss) || claims.exp === undefined)
        throw unauthenticated('invalid_internal_token', 'This route is for services of the platform.')
      if (verified.size >= 1000) verified.clear()
      verified.set(token, { caller: claims.iss, expiresAt: claims.exp * second })
      return claims.iss
    },
  }
}
export type InternalIdentity = ReturnType<typeof createInternalIdentity>
