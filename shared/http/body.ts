import { AppError, invalid } from '../errors'

const maxBytes = 1024 * 1024
const maxDepth = 32
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Whether a JSON value has no NUL in its text, no infinite number, no deep nesting and no key of `Object.prototype`: such a key could
 * change the prototype, and an object whose `toString` is text cannot be printed.
 */
export const sane = (value: unknown, depth = 0): boolean => {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= maxDepth) return false
  if (Array.isArray(value)) return value.every(item => sane(item, depth + 1))
  return Object.entries(value).every(([key, part]) => !(key in Object.prototype) && sane(key) && sane(part, depth + 1))
}

const tooLarge = () => new AppError('too_large', 'payload_too_large', 'A body may have at most 1 MiB.')

/** The whole body. Reading stops at its greatest length. */
export const readBytes = async (request: Request): Promise<Uint8Array> => {
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > maxBytes) throw tooLarge()
    return new Uint8Array(await request.arrayBuffer())
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A compressed body is refused: it could be far larger than what limits let in, and inflating it is work for free. */
export const requirePlain = (headers: Headers) => {
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity') return
  throw new AppError('unsupported', 'unsupported_encoding', 'Send the body as it is, not compressed: without Content-Encoding.')
}
const requireJson = (headers: Headers) => {
  requirePlain(headers)
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return
  throw new AppError('unsupported', 'unsupported_media_type', 'Send the body as application/json.')
}

/** A JSON body, checked for what no schema checks. Undefined when there is none. */
export const readJson = async (request: Request): Promise<unknown> => {
  if (!request.body) return undefined
  const bytes = await readBytes(request)
  if (bytes.byteLength === 0) return undefined
  requireJson(request.headers)
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch {
    throw invalid('invalid_json', 'The body is not valid JSON in UTF-8.')
  }
  if (sane(value)) return value
  throw invalid('invalid_json', `The body has NUL characters, numbers out of range, a forbidden key, or more than ${maxDepth} levels.`)
}

/** Path and query must decode to UTF-8 text without NUL. */
export const checkAddress = (url: string): void => {
  if (!url.includes('%')) return
  try {
    if (!decodeURIComponent(url).includes('\0')) return
  } catch {}
  throw invalid('invalid_address', 'The path or query has bytes that are not UTF-8 text, or NUL.')
}
