import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose'
import { accessTokens, createKeySource, createTokenVerifier } from '../auth'
import { AppError, type Kind } from '../errors'

/** Replaces the user service in tests: keys, the published key set, and tokens of any kind. */
const { issuer, audience, algorithm } = accessTokens
export const own = await generateKeyPair(algorithm, { extractable: true })
export const other = await generateKeyPair(algorithm)
export const jwk = { ...(await exportJWK(own.publicKey)), kid: 'now', alg: algorithm }
export const published: JSONWebKeySet = { keys: [jwk] }
export const verifier = (revoked: (sid: string) => boolean = () => false, remember?: number) =>
  createTokenVerifier(
    createKeySource(async () => published),
    revoked,
    remember,
  )

export const seconds = () => Math.floor(Date.now() / 1000)
export const claims = (): JWTPayload & Record<string, unknown> => ({
  sub: '7',
  sid: 's-1',
  role: 'customer',
  iss: issuer,
  aud: audience,
  iat: seconds(),
  exp: seconds() + 900,
})
export const sign = (payload: JWTPayload, { key = own.privateKey, kid = 'now', alg = algorithm as string } = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key)
export const bearer = (token: string) => `Bearer ${token}`

const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => undefined,
    error => error,
  )
  if (error instanceof AppError) return error
  throw new Error(`it was accepted, or failed with another error: ${error}`)
}
export const expectRefused = async (work: Promise<unknown>, code: string, kind: Kind = 'unauthenticated') => {
  const error = await failure(work)
  if (error.kind !== kind || error.code !== code) throw new Error(`refused as ${error.kind} ${error.code}, not as ${kind} ${code}`)
}
