import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { accessTokens, createInternalIdentity, createKeySource, createTokenVerifier, type Role } from '../auth'
import { createHttp, type HttpDeps } from '../http'
import type { ServiceName } from '../platform'

const internalKey = 'an internal key that only tests know of'

/** What an app needs to be tried in-process: a real verifier, with keys that the test can sign by. */
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
    /** What was logged as our own fault: a test of a healthy path expects none. */
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
    /** Headers of another service's call. */
    asService: async (caller: ServiceName) => ({
      authorization: `Bearer ${await createInternalIdentity(caller, internalKey).tokenFor(service)}`,
    }),
  }
}

interface App {
  handle(request: Request): Promise<Response>
}

/** Asks an app as a client would. Paths are below `under`, but for internal ones; a body that is text goes as it is. Who asks is `by`, unless told otherwise. */
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
