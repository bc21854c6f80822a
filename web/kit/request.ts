/** One field that the shop could not take. */
export interface Fault {
  path: string
  message: string
}

/** An answer that is a problem, or no answer at all: then its status is 0. */
export class ShopError extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly Fault[]
  readonly requestId: string | undefined
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined

  constructor(
    status: number,
    code: string,
    detail: string,
    more: { errors?: readonly Fault[]; requestId?: string | undefined; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause })
    this.name = 'ShopError'
    this.status = status
    this.code = code
    this.errors = more.errors ?? []
    this.requestId = more.requestId
    this.retryAfter = more.retryAfter
  }
}

interface Problem {
  code?: string
  detail?: string
  errors?: Fault[]
  request_id?: string
}

const problemOf = async (response: Response) => {
  const isProblem = response.headers.get('content-type')?.includes('json')
  const { code = 'unknown', detail = '', errors = [], request_id }: Problem = isProblem ? await response.json() : {}
  const retryAfter = Number(response.headers.get('retry-after')) || undefined
  return new ShopError(response.status, code, detail, {
    errors,
    requestId: request_id ?? response.headers.get('x-request-id') ?? undefined,
    retryAfter,
  })
}

export interface Sent {
  body?: unknown
  signal?: AbortSignal | undefined
  headers?: Record<string, string>
}

/** The answer to a request, if it is a good one. Everything else is thrown, as a `ShopError` or as the reason of the abort. */
export async function send(method: string, path: string, { body, signal, headers = {} }: Sent = {}, token?: string): Promise<Response> {
  const isText = body === undefined || body instanceof Blob || typeof body === 'string'
  const response = await fetch(path, {
    method,
    headers: {
      ...(body !== undefined && !(body instanceof Blob) && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch(cause => {
    if (signal?.aborted) throw cause
    throw new ShopError(0, 'no_answer', 'The shop could not be reached.', { cause })
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

/** The JSON of an answer; null for an answer without a body. */
export const bodyOf = async <T>(response: Response): Promise<T> => {
  const text = await response.text()
  return JSON.parse(text || 'null')
}
