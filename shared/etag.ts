import { AppError } from './errors'

type Headers = Record<string, string | undefined>

/** A tag as it goes out: of a version, and of what else the answer shows (`etag(product.version, product.stock)` is `"7-40"`). */
export const etag = (version: number, ...rest: (string | number)[]): string => `"${[version, ...rest].join('-')}"`

/** The tags of a header, `W/` ignored: proxies that compress make tags weak. Text that is no tag matches nothing. */
const tagsOf = (header: string) => [...header.matchAll(/"([^"]*)"/g)].map(([, tag]) => tag)

/** Whether the client has this answer already. */
const isKnown = (headers: Headers, tag: string): boolean => {
  const header = headers['if-none-match']
  if (header === undefined) return false
  return header.trim() === '*' || tagsOf(header).includes(tag.slice(1, -1))
}

/**
 * Tags an answer, and says whether 304 without a body is enough:
 * `if (notModified({ headers, set }, etag(row.version))) return status(304, undefined)`
 */
export const notModified = (
  { headers, set }: { headers: Headers; set: { headers: Record<string, string | number | undefined> } },
  tag: string,
): boolean => {
  set.headers.etag = tag
  return isKnown(headers, tag)
}

/** The version that `If-Match` asks for, for a repository that compares it in its update; nothing when any will do. */
export const versionsWanted = (headers: Headers): number[] | undefined => {
  const header = headers['if-match']
  if (header === undefined || header.trim() === '*') return undefined
  return tagsOf(header).flatMap(tag => (/^\d{1,15}(?:-|$)/.test(tag ?? '') ? [Number.parseInt(tag ?? '', 10)] : []))
}

export const stale = () => new AppError('stale', 'stale', 'It has changed since you read it. Read it again and repeat the change.')

/** Refuses a change of something that has changed since: `If-Match` is held against the version alone. Ask under the row's lock. */
export const requireMatch = (headers: Headers, version: number): void => {
  const wanted = versionsWanted(headers)
  if (wanted && !wanted.includes(version)) throw stale()
}
