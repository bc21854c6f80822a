import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { accessTokens, createInternalIdentity, createKeySource, createTokenVerifier, type Role } from '../auth'
import { createHttp, type HttpDeps } from '../http'
import type { ServiceName } from '../platform'

const internalKey = 'an internal key that only tests know of'

/** What an app needs in a test: a real verifier, and keys with which the test signs tokens. */
export const testHttp = async (service: ServiceName, more: Partial<HttpDeps> = {}) => {
  const { privateKey, publicKey } = await generateKeyPair(accessTokens.algorithm)
  const keys = createKeySource(async () => ({ keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: accessTokens.algorithm }] }))
  const ended = new Set<string>()
  const failures: string[] = []
  const http = createHttp({
    service,
    verify: createTokenVerifier(keys, sid => ended.has(sid)),
    identity: createInternalIdentity(service, internalKey),
    observe: () => {},
    log: { error: (fields, message) => failures.push(`${message} ${Bun.inspect(fields)}`), warn: () => {} },
    draining: () => false,
    ...more,
  })
  return {
    http,
    ended,
    /** What was logged as an error: a test without faults expects none. */
    failures,
    /** Headers of a logged-in user. */
    as: async (id: number, role: Role = 'customer', sid = `session-${id}`) => ({
      authorization: `Bearer ${await new SignJWT({ sid, role })
        .setProtectedHeader({ alg: accessTokens.algorithm, kid: 'test' })
        .setSubject(String(id))
        .setIssuer(accessTokens.issuer)
        .setAudience(accessTokens.audience)
        .setIssuedAt()
        .setExpirationTime('15m')
        .sign(privateKey)}`,
    }),
    /** Headers of a call by another service. */
    asService: async (caller: ServiceName) => ({
      authorization: `Bearer ${await createInternalIdentity(caller, internalKey).tokenFor(service)}`,
    }),
  }
}

interface App {
  handle(request: Request): Promise<Response>
}

/**
 * Sends requests to an app. Paths, except internal ones, are below `under`; text bodies are sent as they are; `by` has the usual headers.
 */
export const sender =
  (app: App, { under = '', by = {} }: { under?: string; by?: Record<string, string> } = {}) =>
  async (method: string, path: string, body?: unknown, headers: Record<string, string> = by) => {
    const answer = await app.handle(
      new Request(`http://localhost${path.startsWith('/internal') ? '' : under}${path}`, {
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: text ? JSON.parse(text) : undefined }
  }
