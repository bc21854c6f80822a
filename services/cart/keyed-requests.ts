import { createHash, createHmac, randomBytes } from 'node:crypto'
import { invalid } from '#shared/errors'
import type { Owner } from './repository'

/** A request that may be repeated: what marks it as done, and what it asked for. Both are hashes, so that the store knows no key. */
export interface KeyedRequest {
  id: string
  body: string
}
const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

const requireKey = (key: string) => {
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw invalid('invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 printable ASCII characters.')
}

/** Undefined without a key: nothing is remembered of the request. */
export const keyedRequest = (owner: Owner, route: string, key: string | undefined, body: object): KeyedRequest | undefined => {
  if (key === undefined) return undefined
  requireKey(key)
  const who = 'user' in owner ? `${owner.user}` : `guest ${owner.guest}`
  return { id: hash(`${who} ${route}\n${key}`), body: hash(JSON.stringify(body)) }
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
