import { jwt } from '@elysiajs/jwt'
import { createLocalJWKSet, type JSONWebKeySet, errors as jose, jwtVerify } from 'jose'
import { AppError, forbidden, unauthenticated, unavailable } from './errors'
import type { ServiceName } from './platform'

export type Role = 'customer' | 'admin'
export interface User {
  id: number
  role: Role
  /** The session that the token belongs to. */
  sid: string
}

export const accessTokens = { issuer: 'shop-user', audience: 'shop', algorithm: 'EdDSA', lifeSeconds: 15 * 60 } as const

export interface KeySource {
  /** The published keys; asked again for a key id that is not among them. */
  keys(unknown?: string): Promise<ReturnType<typeof createLocalJWKSet>>
}

const everyMs = 60_000

/** Keeps the last good set. A key id that nobody published is looked up at most once a minute, whoever sends it. */
export const createKeySource = (fetchKeys: () => Promise<JSONWebKeySet>, now = Date.now): KeySource => {
  let known: { get: ReturnType<typeof createLocalJWKSet>; ids: Set<string | undefined> } | undefined
  let pending: Promise<void> | undefined
  let lookedUpAt = Number.NEGATIVE_INFINITY
  const refresh = () => {
    pending ??= fetchKeys()
      .then(set => {
        if (set.keys.length === 0) throw new Error('no keys are published')
        known = { get: createLocalJWKSet(set), ids: new Set(set.keys.map(key => key.kid)) }
      })
      .finally(() => {
        pending = undefined
      })
    return pending
  }
  return {
    async keys(kid) {
      if (!known) {
        await refresh().catch(cause => {
          throw unavailable('keys_unavailable', 'The keys that tokens are checked with cannot be had right now.', cause)
        })
      } else if (!known.ids.has(kid) && (pending || now() - lookedUpAt >= everyMs)) {
        if (!pending) lookedUpAt = now()
        await refresh().catch(() => {})
      }
      return known!.get
    },
  }
}

/** Verified tokens are remembered until they expire; the oldest makes room. */
const remembered = 20_000

export const createTokenVerifier = (source: KeySource, revoked: (sid: string) => boolean, remember = remembered) => {
  const seen = new Map<string, { user: User; expires: number }>()

  const check = async (token: string): Promise<User> => {
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
      throw unauthenticated('invalid_token', 'The access token is not valid; log in again.')
    })
    const { sub, sid, role, exp } = payload
    const id = Number(sub)
    if (!Number.isSafeInteger(id) || typeof sid !== 'string' || (role !== 'customer' && role !== 'admin')) {
      throw unauthenticated('invalid_token', 'The access token is not valid; log in again.')
    }
    const user: User = { id, role, sid }
    if (seen.size >= remember) seen.delete(seen.keys().next().value!)
    seen.set(token, { user, expires: exp! * 1000 })
    return user
  }

  return async (authorization: string): Promise<User> => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (!token) throw unauthenticated('invalid_token', 'The Authorization header must read "Bearer <access token>".')
    const hit = seen.get(token)
    if (hit && hit.expires <= Date.now()) seen.delete(token)
    const user = hit && hit.expires > Date.now() ? hit.user : await check(token)
    if (revoked(user.sid)) throw unauthenticated('session_ended', 'This session has ended; log in again.')
    return user
  }
}
export type VerifyToken = ReturnType<typeof createTokenVerifier>

export const requireRole = (user: User, role: Role): void => {
  if (role === 'admin' && user.role !== 'admin') throw forbidden('This needs the admin role.')
}

const internalLifeMs = 60_000

/** How services know each other: a token of one minute from the platform's internal key, naming who calls whom. */
export const createInternalIdentity = (service: ServiceName, secret: string) => {
  const signer = jwt({ name: 'internal', secret, iss: service, exp: `${internalLifeMs / 1000}s` }).decorator.internal
  const own = new Map<ServiceName, { token: string; renewAt: number }>()
  const seen = new Map<string, { caller: ServiceName; expires: number }>()
  return {
    async tokenFor(callee: ServiceName): Promise<string> {
      const kept = own.get(callee)
      if (kept && kept.renewAt > Date.now()) return kept.token
      const token = await signer.sign({ aud: callee })
      own.set(callee, { token, renewAt: Date.now() + internalLifeMs / 2 })
      return token
    },
    async callerOf(authorization: string | null): Promise<ServiceName> {
      const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : ''
      const hit = seen.get(token)
      if (hit && hit.expires > Date.now()) return hit.caller
      const claims = await signer.verify(token, { audience: service, algorithms: ['HS256'], requiredClaims: ['iss', 'exp'] })
      if (!claims) throw unauthenticated('invalid_internal_token', 'This route is for services of the platform.')
      const caller = claims.iss as ServiceName
      if (seen.size >= 1000) seen.clear()
      seen.set(token, { caller, expires: claims.exp! * 1000 })
      return caller
    },
  }
}
export type InternalIdentity = ReturnType<typeof createInternalIdentity>
