import { AppError, invalid } from '../errors'

const maxBytes = 1024 * 1024
const maxDepth = 32
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * No NUL in any text, no number past all bounds, no key that could reach a prototype or stand in for what lies
 * there (an object whose `toString` is a text breaks whoever prints it), no nesting that a store would choke on.
 */
export const sane = (value: unknown, depth = 0): boolean => {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= maxDepth) return false
  if (Array.isArray(value)) return value.every(item => sane(item, depth + 1))
  for (const key of Object.keys(value)) {
    if (key in Object.prototype || !sane(key) || !sane((value as Record<string, unknown>)[key], depth + 1)) return false
  }
  return true
}

const tooLarge = () => new AppError('too_large', 'payload_too_large', 'A body may have at most 1 MiB.')

/** The whole body, read no further than it may be long. */
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

const requireJson = (headers: Headers) => {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (type === 'application/json' && encoding === 'identity') return
  throw new AppError('unsupported', 'unsupported_media_type', 'Send the body as application/json, not compressed.')
}

/** A JSON body, read by us: what comes in is checked for what no schema looks at. */
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
  const what = `NUL characters, numbers out of range, a forbidden key, or more than ${maxDepth} levels`
  throw invalid('invalid_json', `The body has ${what}.`)
}

/** Path and query hold text as well: whatever they encode must be UTF-8, without NUL. */
export const checkAddress = (url: string): void => {
  if (!url.includes('%')) return
  try {
    if (!decodeURIComponent(url).includes('\0')) return
  } catch {}
  throw invalid('invalid_address', 'The path or query holds something that is no text.')
}
