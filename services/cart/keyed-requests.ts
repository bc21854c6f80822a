import { createHmac, randomBytes } from 'node:crypto'
import { type RequestHashes, requestHashes, requireKey } from '#shared/idempotency-key'
import type { Owner } from './repository'

/** Undefined without a key: nothing is remembered of the request. */
export const keyedRequest = (owner: Owner, route: string, key: string | undefined, body: object): RequestHashes | undefined => {
  const who = 'user' in owner ? `${owner.user}` : `guest ${owner.guest}`
  return key === undefined ? undefined : requestHashes(`${who} ${route}`, key, body)
}

/**
 * The tokens of shared carts: knowing one is the permission to use it. A request with a key gets the same token each time, which is as
 * hard to guess as a random one.
 */
export const shareTokens = (secret: string) => {
  const signer = createHmac('sha256', secret).update('share tokens').digest()
  return (userId: number, key: string | undefined): string => {
    if (key === undefined) return randomBytes(24).toString('base64url')
    requireKey(key)
    return createHmac('sha256', signer).update(`${userId}\n${key}`).digest().subarray(0, 24).toString('base64url')
  }
}
