/** A field of the request that is not as it should be. */
export interface FieldFault {
  path: string
  message: string
  /** Why, where there is more than one reason, such as `expired` of a coupon. */
  code?: string
}

interface Known {
  status?: number
  code: string
  errors?: readonly FieldFault[]
  requestId?: string
  retryAfter?: number
  cause?: unknown
}

/** Every failure of a call. `code` is for programs and never changes its meaning; `message` says to people what to do. */
export class ShopError extends Error {
  override readonly name = 'ShopError'
  /** Of HTTP; 0 when there was no answer. */
  readonly status: number
  /** A code of docs/errors.md, or one of this client: `network`, `unexpected_answer`, `session_changed`, `bad_stream`. */
  readonly code: string
  readonly errors: readonly FieldFault[]
  /** Tells the shop's operators which request it was. */
  readonly requestId: string | undefined
  /** In how many seconds it is worth trying again, if the shop says so. */
  readonly retryAfter: number | undefined

  constructor(message: string, { status = 0, code, errors = [], requestId, retryAfter, cause }: Known) {
    super(message, { cause })
    this.status = status
    this.code = code
    this.errors = errors
    this.requestId = requestId
    this.retryAfter = retryAfter
  }
}

const longestSeconds = 24 * 60 * 60

/** `Retry-After` as seconds: it is a number or a date. */
export const retryAfterOf = (headers: Headers, now = Date.now()): number | undefined => {
  const given = headers.get('retry-after')?.trim()
  if (!given) return undefined
  const seconds = /^\d+$/.test(given) ? Number(given) : (Date.parse(given) - now) / 1000
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestSeconds)
}

const fieldFaults = (given: unknown): FieldFault[] =>
  (Array.isArray(given) ? given : []).flatMap(fault => {
    const { path, message, code } = Object(fault)
    return typeof path === 'string' && typeof message === 'string' ? [{ path, message, ...(typeof code === 'string' && { code }) }] : []
  })

/** The error that an answer tells of; not every proxy on the way knows the shop's form. */
export const errorOf = (response: Response, text: string): ShopError => {
  const { status, headers } = response
  const { code, detail, request_id, errors } = Object(jsonOf(text))
  const requestId = typeof request_id === 'string' ? request_id : headers.get('x-request-id')
  const retryAfter = retryAfterOf(headers)
  return new ShopError(typeof detail === 'string' ? detail : `The shop answered with status ${status}.`, {
    status,
    code: typeof code === 'string' ? code : 'unexpected_answer',
    errors: fieldFaults(errors),
    ...(requestId !== null && { requestId }),
    ...(retryAfter !== undefined && { retryAfter }),
  })
}

/** Undefined for text that is not JSON. */
export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
