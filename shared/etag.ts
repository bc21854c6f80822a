import { AppError } from './errors'

type Headers = Record<string, string | undefined>

/** The tag of a version and of what else the answer shows: `etag(product.version, product.stock)` is `"7-40"`. */
export const etag = (version: number, ...rest: (string | number)[]): string => `"${[version, ...rest].join('-')}"`

/** The tags of a header, without `W/`: proxies that compress make tags weak. Text that is not a tag matches nothing. */
const tagsOf = (header: string) => [...header.matchAll(/"([^"]*)"/g)].map(([, tag]) => tag)

/** Whether the client already has this answer. */
const isKnown = (headers: Headers, tag: string): boolean => {
  const header = headers['if-none-match']
  if (header === undefined) return false
  return header.trim() === '*' || tagsOf(header).includes(tag.slice(1, -1))
}

/**
 * Sets the tag of an answer, and says whether the client already has the answer:
 * `if (notModified({ headers, set }, etag(row.version))) return status(304, undefined)`
 */
export const notModified = (
  { headers, set }: { headers: Headers; set: { headers: Record<string, string | number | undefined> } },
  tag: string,
): boolean => {
  set.headers.etag = tag
  return isKnown(headers, tag)
}

/** The versions that `If-Match` accepts, for a repository that compares them in its update. Undefined when every version is accepted. */
export const versionsWanted = (headers: Headers): number[] | undefined => {
  const header = headers['if-match']
  if (header === undefined || header.trim() === '*') return undefined
  return tagsOf(header).flatMap(tag => (/^\d{1,15}(?:-|$)/.test(tag ?? '') ? [Number.parseInt(tag ?? '', 10)] : []))
}

export const stale = () => new AppError('stale', 'stale', 'It has changed since you read it. Read it again and repeat the change.')

/** Throws 412 unless `If-Match` accepts this version. To be called with the row locked. */
export const requireMatch = (headers: Headers, version: number): void => {
  const wanted = versionsWanted(headers)
  if (wanted && !wanted.includes(version)) throw stale()
}
