import { peekContext } from './context'
import { invalid } from './errors'
import type { Answer } from './idempotency'

/** What a request with an `Idempotency-Key` is recognized by. Both are hashes, so that no store holds a key or a body. */
export interface RequestHashes {
  /** Of the scope, such as `42 POST /api/orders`, and the key. */
  id: string
  body: string
}

const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')

/** The same text for two bodies that differ only in the order of their fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

export const requireKey = (key: string): void => {
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw invalid('invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 printable ASCII characters.')
}

export const requestHashes = (scope: string, key: string, body: unknown): RequestHashes => {
  requireKey(key)
  return { id: sha256(`${scope}\n${key}`), body: sha256(canonical(body)) }
}

/** The user whom the scope names. */
export const ownerOf = (scope: string): number | undefined => Number(/^\d+(?= )/.exec(scope)?.[0] ?? 0) || undefined

/** The first answer again. Nothing is done, so the audit log gets no entry. */
export const replayOf = <Body>(answer: Answer<Body>) => {
  const context = peekContext()
  if (context) context.adminAct = undefined
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } }
}

/** Gives a request the status, the headers and the body of its answer; that of a repetition has the header `Idempotent-Replayed`. */
export const replyWith = <Body>(set: { status?: unknown; headers: object }, { status, headers, body }: Answer<Body>): Body => {
  Object.assign(set.headers, headers)
  set.status = status
  return body
}
