import { treaty } from '@elysiajs/eden/treaty2'
import { isBulkheadRejectedError } from 'cockatiel'
import type { AnyElysia } from 'elysia'
import { type CalleeOptions, createCallee } from './client/callee'
import { currentContext } from './context'
import { AppError, type Fault, type Kind, statusOf, unavailable } from './errors'
import type { ServiceName } from './platform'
import type { Resolver } from './registry'
import { noTracer, type Tracer } from './trace'

interface ClientOptions extends Partial<Pick<CalleeOptions, 'attempts' | 'breaker' | 'atOnce' | 'queued'>> {
  resolver: Resolver
  /** The token that names this service to the callee's internal routes. */
  internalToken(callee: ServiceName): Promise<string>
  metrics?: { call(callee: ServiceName, outcome: string, seconds: number): void; breakersOpen: CalleeOptions['breakersOpen'] }
  tracer?: Tracer
  /** How long a call may take, including its repetitions. */
  deadlineMs?: number
}

const unreachable = (callee: ServiceName, cause?: unknown) =>
  unavailable(`${callee}_unavailable`, `The ${callee} service does not answer; try again in a moment.`, cause)
const badAnswer = (cause: unknown) =>
  new AppError('bad_gateway', 'bad_answer', 'A service gave an answer that could not be read; try again later.', { cause })

const isKind = (name: string): name is Kind => name in statusOf
const kindOf = new Map<number, Kind>(
  Object.keys(statusOf)
    .filter(isKind)
    .map(kind => [statusOf[kind], kind]),
)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
/** Instances of an earlier release leave out the leading slash of some paths. */
const faultsOf = (fault: unknown): Fault[] => {
  const { path, message, code } = Object(fault)
  if (path === undefined || typeof message !== 'string') return []
  return [{ path: `/${String(path).replace(/^\//, '')}`, message, ...(typeof code === 'string' && { code }) }]
}

/** The callee's own error. An error that is no problem document did not come from the service. */
const refusal = async (callee: ServiceName, answer: Response): Promise<AppError> => {
  const { status, headers } = answer
  const kind = kindOf.get(status)
  const body = headers.get('content-type')?.startsWith('application/problem+json') ? parse(await answer.text()) : undefined
  if (!kind || typeof body !== 'object' || body === null || !('code' in body) || !('detail' in body)) {
    const cause = new Error(`${callee} answered ${status} without a problem body`)
    return status >= 500 ? unreachable(callee, cause) : badAnswer(cause)
  }
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN)
  const errors = 'errors' in body && Array.isArray(body.errors) ? body.errors.flatMap(faultsOf) : []
  return new AppError(kind, String(body.code), String(body.detail), {
    ...(Number.isFinite(retryAfter) && { retryAfter }),
    ...(errors.length > 0 && { errors }),
  })
}

const readable = /^(application\/(json|octet-stream|x-ndjson)|text\/(plain|csv))\b/

/** The data of a typed client's answer; throws the callee's error. */
export const unwrap = async <R extends { data: unknown; error: unknown }>(
  call: Promise<R>,
): Promise<Extract<R, { error: null }>['data']> => {
  // Rejects only if the body is not the JSON that its content type promises.
  const { data, error } = await call.catch(cause => Promise.reject(badAnswer(cause)))
  if (error === null) return data
  const reason = typeof error === 'object' && 'value' in error ? error.value : error
  throw reason instanceof AppError ? reason : badAnswer(reason)
}

const refusals = new Set<Kind>(['invalid', 'not_found', 'conflict', 'unprocessable', 'too_many'])

/** `unwrap` for a request that needs the callee: a refusal stays the callee's own error, and any other failure becomes 503. */
export const ask = async <R extends { data: unknown; error: unknown }>(callee: ServiceName, call: Promise<R>) => {
  try {
    return await unwrap(call)
  } catch (error) {
    if (error instanceof AppError && refusals.has(error.kind)) throw error
    throw unreachable(callee, error)
  }
}

/**
 * Typed clients of the other services: `unwrap(clients<ProductApi>('product').api.products({ id }).get())`.
 * Each call sends the id and the trace of the current request, and ends by its deadline.
 */
export const createClients = (options: ClientOptions) => {
  const { resolver, internalToken, metrics, tracer = noTracer, deadlineMs: usualDeadlineMs = 2000 } = options
  const { attempts = 3, breaker = { failures: 5, pauseMs: 1000 }, atOnce = 128, queued = 512 } = options
  const breakersOpen = metrics?.breakersOpen ?? (() => {})
  const callees = new Map<ServiceName, ReturnType<typeof createCallee>>()
  const calleeOf = (name: ServiceName) => {
    const callee = callees.get(name) ?? createCallee({ name, resolver, attempts, breaker, atOnce, queued, breakersOpen })
    callees.set(name, callee)
    return callee
  }

  const call = async (callee: ServiceName, path: string, init: RequestInit, deadlineMs: number) => {
    const headers = new Headers(init.headers)
    const { requestId, traceparent } = currentContext()
    headers.set('x-request-id', requestId)
    headers.set('traceparent', traceparent)
    if (path.startsWith('/internal/')) headers.set('authorization', `Bearer ${await internalToken(callee)}`)
    const request = { method: init.method ?? 'GET', headers, body: init.body ?? null }
    const started = performance.now()
    const report = (outcome: string) => metrics?.call(callee, outcome, (performance.now() - started) / 1000)
    const answer = await calleeOf(callee)
      .call(path, request, deadlineMs)
      .catch(error => {
        report(isBulkheadRejectedError(error) ? 'busy' : 'unavailable')
        throw unreachable(callee, error)
      })
    report(String(answer.status))
    if (!answer.ok) throw await refusal(callee, answer)
    const type = answer.headers.get('content-type')
    if (answer.body && type && !readable.test(type)) throw badAnswer(new Error(`${callee} answered with ${type}`))
    return answer
  }

  return <Api extends AnyElysia>(callee: ServiceName, { deadlineMs = usualDeadlineMs } = {}) => {
    const base = `http://${callee}`
    const fetcher = (url: string | URL | Request, init: RequestInit = {}) => {
      const path = String(url).slice(base.length)
      const method = init.method ?? 'GET'
      const attributes = { 'http.request.method': method, 'peer.service': `${callee}-service` }
      return tracer.span(`${method} ${callee}`, { kind: 'client', attributes }, () => call(callee, path, init, deadlineMs))
    }
    // With parseDate, text that looks like a date would arrive as a Date.
    return treaty<Api>(base, { parseDate: false, fetcher: Object.assign(fetcher, { preconnect: fetch.preconnect }) })
  }
}
export type Clients = ReturnType<typeof createClients>
