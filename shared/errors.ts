/** The kinds of errors, with their HTTP statuses. */
export const statusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  wrong_method: 405,
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

/** By RFC 9110, also of those that only the gateway answers. */
export const statusTitles: Record<(typeof statusOf)[Kind], string> & Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

export interface Fault {
  /** A JSON pointer into the input, such as `/items/0/quantity`. */
  path: `/${string}`
  message: string
  /** For programs, where there is more than one reason to refuse the field. */
  code?: string
}

interface Extra {
  /** In how many seconds the client may try again. */
  retryAfter?: number
  errors?: Fault[]
  /** The value of `Allow`. */
  allow?: string
  cause?: unknown
}

/** The only error that clients see. `code` is stable and for programs, `message` says what to do next. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly kind: Kind
  readonly code: string
  readonly retryAfter: number | undefined
  readonly errors: Fault[] | undefined
  readonly allow: string | undefined

  constructor(kind: Kind, code: string, message: string, { retryAfter, errors, allow, cause }: Extra = {}) {
    super(message, { cause })
    this.kind = kind
    this.code = code
    this.retryAfter = retryAfter
    this.errors = errors
    this.allow = allow
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
export const keyReused = () =>
  new AppError('unprocessable', 'idempotency_key_reused', 'This Idempotency-Key was used with another body. Use a new one.')
export const unavailable = (code: string, message: string, cause?: unknown) =>
  new AppError('unavailable', code, message, { retryAfter: 1, cause })

/** Whether a service has refused: asking again for the same would not help. */
export const isConflict = (error: unknown): boolean => error instanceof AppError && error.kind === 'conflict'

/** The codes with which drivers report that a server cannot be reached, or that it is busy, out of disk, or a replica for now. */
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
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
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

/**
 * The codes of MongoDB while it shuts down, elects, cannot reach another server of its own, or is too busy: NotWritablePrimary,
 * InterruptedAtShutdown, HostUnreachable, WriteConcernTimeout, MaxTimeMSExpired and others.
 */
const withoutAnswer = new Set<unknown>([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436])

/** ioredis has no codes for these errors. The upper-case words come from Redis. */
const unreachableMessage = /^(Command timed out|Connection is closed\.|(LOADING|MISCONF|READONLY|OOM) )/

/** Whether a store, the broker or a service is down: then it is worth trying again later, and the message or request is not at fault. */
export const isUnavailable = (error: unknown): boolean => {
  if (error instanceof AppError) return error.kind === 'unavailable' || error.kind === 'timeout' || isUnavailable(error.cause)
  if (!(error instanceof Error)) return false
  if (unreachableNames.has(error.name) || unreachableMessage.test(error.message)) return true
  if ('code' in error && (withoutAnswer.has(error.code) || (typeof error.code === 'string' && unreachable.has(error.code)))) return true
  return isUnavailable(error.cause)
}
