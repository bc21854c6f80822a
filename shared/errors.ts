/** What can go wrong, in the shop's words; one map says which HTTP status each is. */
export const statusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  unsupported: 415,
  unprocessable: 422,
  too_many: 429,
  failed: 500,
  bad_gateway: 502,
  unavailable: 503,
  timeout: 504,
} as const
export type Kind = keyof typeof statusOf

export interface Fault {
  path: string
  message: string
}

interface Extra {
  /** Seconds after which trying again makes sense. */
  retryAfter?: number
  errors?: Fault[]
  cause?: unknown
}

/** The one error that may reach a client. `code` is a stable machine word, `message` says what to do next. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly kind: Kind
  readonly code: string
  readonly retryAfter: number | undefined
  readonly errors: Fault[] | undefined

  constructor(kind: Kind, code: string, message: string, { retryAfter, errors, cause }: Extra = {}) {
    super(message, { cause })
    this.kind = kind
    this.code = code
    this.retryAfter = retryAfter
    this.errors = errors
  }
}

export const invalid = (code: string, message: string, errors?: Fault[]) => new AppError('invalid', code, message, errors && { errors })
export const unauthenticated = (code: string, message: string) => new AppError('unauthenticated', code, message)
export const forbidden = (message: string) => new AppError('forbidden', 'forbidden', message)
export const notFound = (what: string) =>
  new AppError('not_found', `${what}_not_found`, `There is no such ${what.replaceAll('_', ' ')}, or it is not yours.`)
export const conflict = (code: string, message: string, retryAfter?: number) =>
  new AppError('conflict', code, message, retryAfter === undefined ? {} : { retryAfter })
export const tooMany = (code: string, message: string, retryAfter: number) => new AppError('too_many', code, message, { retryAfter })
export const unavailable = (code: string, message: string, cause?: unknown) =>
  new AppError('unavailable', code, message, { retryAfter: 1, cause })

/** Codes by which drivers say that a server could not be reached: nothing is wrong with the request. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
])
const unreachableNames = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MaxRetriesPerRequestError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoNotConnectedError',
  'MongoWaitQueueTimeoutError',
])

/** What MongoDB answers while it shuts down, elects or is too busy: NotWritablePrimary, InterruptedAtShutdown, MaxTimeMSExpired and their like. */
const withoutAnswer = new Set<unknown>([50, 91, 189, 10107, 11600, 11602, 13435, 13436])

/** ioredis has no codes for these; the upper-case words are Redis' own. */
const unreachableMessage = /^(Command timed out|Connection is closed\.|(LOADING|MISCONF|READONLY|OOM) )/

/** A store, broker or service that is down: worth trying again later, and never the fault of the message or request at hand. */
export const isUnavailable = (error: unknown): boolean => {
  if (error instanceof AppError) return error.kind === 'unavailable' || error.kind === 'timeout' || isUnavailable(error.cause)
  if (!(error instanceof Error)) return false
  if (unreachableNames.has(error.name) || unreachableMessage.test(error.message)) return true
  if ('code' in error && (withoutAnswer.has(error.code) || (typeof error.code === 'string' && unreachable.has(error.code)))) return true
  return isUnavailable(error.cause)
}
