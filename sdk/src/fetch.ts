import { errorOf, jsonOf, ShopError } from './error.ts'
import type { SessionTokens } from './session.ts'
import type { Connection, Shop } from './shop.ts'

type Value = string | number | boolean | null | undefined

/** How a generated function describes its request. */
export interface Sent {
  query?: { [name: string]: Value | readonly Value[] } | undefined
  body?: unknown
  /** Of a body that is not JSON. */
  type?: string
  /** Takes an `Idempotency-Key`: each call gets one, which its repetitions share. */
  keyed?: true
}

/** What every function takes as its last argument. */
export interface CallOptions<Given extends object = Record<string, string>> {
  signal?: AbortSignal | undefined
  /** Such as `idempotency-key`: give one of your own where a person may press the button again after an error. */
  headers?: Given | undefined
  /** Called with the status and headers of the answer, such as `ETag`. */
  onAnswer?: ((answer: { status: number; headers: Headers }) => void) | undefined
}

/** A path with its parameters. One that would lead to another path is refused: no id is empty or consists of dots. */
export const pathOf = (parts: TemplateStringsArray, ...parameters: (string | number)[]): string =>
  parameters.reduce<string>((path, parameter, at) => {
    const text = String(parameter)
    if (/^\.{0,2}$/.test(text)) throw new ShopError('An id is missing.', { code: 'unexpected_parameter' })
    return path + encodeURIComponent(text) + (parts[at + 1] ?? '')
  }, parts[0] ?? '')

const addressOf = (path: string, query: Sent['query'] = {}): string => {
  const pairs = Object.entries(query).flatMap(([name, given]) =>
    [given].flat().flatMap(value => (value === undefined || value === null ? [] : [[name, String(value)]])),
  )
  return pairs.length > 0 ? `${path}?${new URLSearchParams(pairs)}` : path
}

/** Not `randomUUID`, which browsers keep from pages without TLS. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')

export const wait = (ms: number, signal: AbortSignal | undefined) =>
  new Promise<void>((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })

/** The head of an answer, however bad; an error if there is none within the time or the caller gives up. */
const exchange = async ({ fetch, baseUrl, timeoutMs }: Connection, address: string, init: RequestInit, signal?: AbortSignal) => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    return await fetch(baseUrl + address, { ...init, signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal })
  } catch (cause) {
    throw brokenBy(cause, signal)
  } finally {
    clearTimeout(timer)
  }
}
/** What to tell of a connection that broke: the caller's own reason, where the caller gave up. */
export const brokenBy = (cause: unknown, signal: AbortSignal | undefined): unknown =>
  signal?.aborted
    ? signal.reason
    : new ShopError('The shop cannot be reached; check the connection and try again.', { code: 'network', cause })

/** What an answer that was not a success leaves to do: wait so many milliseconds and repeat, or nothing. */
const pauseAfter = (failure: ShopError, isRepeatable: boolean, attempt: number): number | undefined => {
  const { status, code, retryAfter } = failure
  // Nothing was done, or the same request is still being answered.
  if (status === 429 || status === 503 || code === 'request_in_progress') return (retryAfter ?? 1) * 1000
  // Perhaps something was done, so only what may come twice is repeated.
  const unclear = code === 'network' || status === 502 || status === 504
  return unclear && isRepeatable ? 250 * 2 ** attempt : undefined
}
const mostAttempts = 4

/** What needs no token refuses a bad one, and these give a new one. */
const isAnonymous = (path: string) => /^\/(auth|api\/users)\/(login|register|refresh)\b/.test(path)
const isLogin = (path: string) => isAnonymous(path) && !path.endsWith('/register')
const isLogout = (path: string) => /^\/(auth|api\/users)\/logout$/.test(path)

const isRefusedToken = ({ status, code }: ShopError) =>
  status === 401 && (code === 'token_expired' || code === 'invalid_token' || code === 'session_ended')

export interface Call extends Sent {
  method: string
  path: string
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

/** The request as it is sent, but for the token. */
const prepared = async ({ keeper, cart }: Connection, { method, path, query, body, type, keyed, ...call }: Call) => {
  const headers: Record<string, string> = { accept: 'application/json' }
  // In one spelling: a name that is there twice would be sent with both values.
  for (const [name, value] of Object.entries(call.headers ?? {})) if (value !== undefined) headers[name.toLowerCase()] = value
  const init: RequestInit = { method, headers }
  if (keyed) headers['idempotency-key'] ??= newKey()
  if (path.startsWith('/api/cart')) {
    const id = await cart.read()
    if (id !== undefined) headers['x-cart-id'] ??= id
  }
  const content = keeper.inCookie && (isLogin(path) || isLogout(path)) ? { ...Object(body), session: 'cookie' } : body
  if (content !== undefined) {
    headers['content-type'] ??= type ?? 'application/json'
    init.body =
      type === undefined ? JSON.stringify(content) : typeof content === 'object' ? new URLSearchParams(Object(content)) : String(content)
  }
  return { address: addressOf(path, query), init, headers }
}

/** A successful answer. Renews the session once if its token is refused, waits for a busy shop, and repeats what may come twice. */
export const answerTo = async (connection: Connection, call: Call): Promise<Response> => {
  const { keeper, cart, longestWaitMs } = connection
  const { method, path, signal } = call
  const { address, init, headers } = await prepared(connection, call)
  const isRepeatable =
    ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method) || 'idempotency-key' in headers || (keeper.inCookie && path === '/auth/refresh')
  let isRenewed = false
  let waitedMs = 0
  for (let attempt = 0; ; attempt++) {
    const token = isAnonymous(path) ? undefined : await keeper.renew()
    if (token) headers.authorization = `Bearer ${token}`
    else delete headers.authorization
    const outcome = await exchange(connection, address, init, signal).catch((error: unknown) => error)
    if (outcome instanceof Response && outcome.ok) return outcome
    const failure = outcome instanceof Response ? errorOf(outcome, await outcome.text().catch(() => '')) : outcome
    if (!(failure instanceof ShopError)) throw failure
    if (token && !isRenewed && isRefusedToken(failure)) {
      isRenewed = true
      if (await keeper.renew(token)) continue
    }
    if (failure.code === 'invalid_cart_id' && headers['x-cart-id'] !== undefined) {
      await cart.write(undefined)
      delete headers['x-cart-id']
      continue
    }
    const pauseMs = pauseAfter(failure, isRepeatable, attempt)
    if (pauseMs === undefined || attempt + 1 >= mostAttempts || waitedMs + pauseMs > longestWaitMs) throw failure
    waitedMs += pauseMs
    await wait(pauseMs, signal)
  }
}

const contentOf = async (response: Response, signal?: AbortSignal): Promise<unknown> => {
  const text = await response.text().catch(cause => {
    throw brokenBy(cause, signal)
  })
  if (text === '') return undefined
  // Not application/x-ndjson, which is a file of lines.
  if (!/^application\/(.+\+)?json\b/.test(response.headers.get('content-type') ?? '')) return text
  const content = jsonOf(text)
  if (content === undefined) throw new ShopError('The answer cannot be read.', { status: response.status, code: 'unexpected_answer' })
  return content
}

const hasTokens = (content: unknown): content is SessionTokens => typeof Object(content).access_token === 'string'

export const refreshWith = async (connection: Connection, body: object): Promise<SessionTokens> => {
  const content = await contentOf(await answerTo(connection, { method: 'POST', path: '/auth/refresh', body }))
  if (hasTokens(content)) return content
  throw new ShopError('The answer cannot be read.', { code: 'unexpected_answer' })
}

/** Every generated function calls this. It gives the content of the successful answer, and throws a `ShopError` for every other. */
export const shopFetch = async <Answer>(
  { connection }: Shop,
  method: string,
  path: string,
  sent: Sent = {},
  { signal, headers, onAnswer }: CallOptions<object> = {},
): Promise<Answer> => {
  const { keeper, cart } = connection
  const response = await answerTo(connection, { ...sent, method, path, signal, headers: { ...headers } }).catch((error: unknown) => {
    // Whoever is logged out already has what they wanted.
    if (isLogout(path) && error instanceof ShopError && error.status === 401) return new Response()
    throw error
  })
  onAnswer?.({ status: response.status, headers: response.headers })
  const content = await contentOf(response, signal)
  if (isLogin(path) && hasTokens(content)) await keeper.keep(content)
  if (isLogout(path)) await keeper.end()
  const cartId = path === '/api/cart/merge' ? undefined : (response.headers.get('x-cart-id') ?? undefined)
  if (cartId !== undefined || path === '/api/cart/merge') await cart.write(cartId)
  return content as Answer
}
