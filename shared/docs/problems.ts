import { statusTitles } from '../errors'
import { Problem } from '../schema'
import registry from './problems.json' with { type: 'json' }
import { isObject, type Mended, type Schema } from './schema'

const meanings: Record<string, { statuses: number[]; means: string }> = registry

/** What a route is, as far as its errors follow from it. */
interface Traits {
  auth: unknown
  declared: readonly string[]
  /** Whether it has input that is checked: parameters or a body. */
  input: boolean
  body: 'json' | 'bytes' | undefined
}

const byToken = ['invalid_token', 'token_expired', 'session_ended']

/** The codes of the kernel and the gateway that a route with these traits can answer. */
const followingFrom = ({ auth, input, body }: Traits): string[] => [
  ...['bad_request', 'invalid_address', 'rate_limited'],
  ...(input ? ['invalid_input'] : []),
  ...(body === 'json' ? ['invalid_json', 'invalid_body', 'unsupported_media_type'] : []),
  ...(body ? ['payload_too_large', 'unsupported_encoding'] : []),
  ...(auth === true || auth === 'admin' ? ['token_required'] : []),
  // Public routes refuse an invalid token, too.
  ...(auth === 'signed' ? [] : byToken),
  ...(auth === 'admin' ? ['forbidden'] : []),
]

/** The codes that parts of a schema bring along: see `failing`. */
export const codesIn = (schema: unknown): string[] => {
  if (Array.isArray(schema)) return schema.flatMap(codesIn)
  if (!isObject(schema)) return []
  const { 'x-problems': own, ...parts } = schema
  return [...(Array.isArray(own) ? own.map(String) : []), ...Object.values(parts).flatMap(codesIn)]
}

const waits = new Set([429, 503])

const headersOf = (status: number) => ({
  'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
  ...(waits.has(status) && { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }),
})

const problem = (status: number, codes: readonly string[], { description, schema }: { description: string; schema: Schema }): Schema => {
  const [code = ''] = codes
  const detail = meanings[code]?.means ?? ''
  return {
    description,
    headers: headersOf(status),
    content: {
      'application/problem+json': {
        schema,
        example: {
          type: 'about:blank',
          title: statusTitles[status],
          status,
          code,
          detail,
          request_id: '0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10',
        },
      },
    },
  }
}

/** Failures of the shop itself, which every operation can have. Their codes depend on what has failed. */
const faults: Record<number, readonly string[]> = {
  500: ['internal_error'],
  502: ['bad_gateway', 'bad_answer'],
  503: ['service_unavailable', 'dependency_unavailable', 'database_unavailable', 'database_busy', 'broker_unavailable', 'keys_unavailable'],
  504: ['gateway_timeout'],
}

const listed = (codes: readonly string[]) => codes.map(code => `- \`${code}\`: ${meanings[code]?.means}`).join('\n')

/** Every status with its codes. A token that is not accepted is 401; a mailed one, which a route declares, is 400 as well. */
const codesByStatus = (traits: Traits): Map<number, Set<string>> => {
  const found = new Map<number, Set<string>>()
  const add = (status: number, code: string) => found.set(status, (found.get(status) ?? new Set()).add(code))
  for (const code of traits.declared) for (const status of meanings[code]?.statuses ?? []) add(status, code)
  for (const code of followingFrom(traits))
    for (const status of byToken.includes(code) ? [401] : (meanings[code]?.statuses ?? [])) add(status, code)
  for (const [status, codes] of Object.entries(faults)) for (const code of codes) add(Number(status), code)
  return new Map([...found].toSorted(([one], [two]) => one - two))
}

/** The answers of an operation that fail, by status. What many operations answer stands once, in `shared`. */
export const failuresOf = (traits: Traits, shared: Record<string, Schema>, mend: Mended): Record<string, Schema> => {
  const reference = mend.schema(Problem)
  return Object.fromEntries(
    [...codesByStatus(traits)].map(([status, set]) => {
      const codes = [...set]
      const own = { type: 'object', required: ['code'], properties: { code: { type: 'string', enum: codes } } }
      const answer = problem(status, codes, { description: listed(codes), schema: status < 500 ? { allOf: [reference, own] } : reference })
      if (traits.declared.some(code => set.has(code))) return [status, answer]
      const name = nameOf(status, set)
      shared[name] ??= answer
      if (JSON.stringify(shared[name]) !== JSON.stringify(answer)) throw new Error(`two different answers would be named ${name}`)
      return [status, { $ref: `#/components/responses/${name}` }]
    }),
  )
}

/** The names of answers that are the same for many operations. */
const nameOf = (status: number, codes: ReadonlySet<string>): string => {
  if (codes.has('invalid_json')) return 'InvalidBody'
  if (codes.has('invalid_input')) return 'InvalidInput'
  if (status === 401 && !codes.has('token_required')) return 'InvalidToken'
  if (status === 415 && !codes.has('unsupported_media_type')) return 'UnsupportedEncoding'
  return String(statusTitles[status]).replaceAll(' ', '')
}
