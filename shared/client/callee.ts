import {
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel'
import type { ServiceName } from '../platform'
import type { Instance, Resolver } from '../registry'

export interface CalleeOptions {
  name: ServiceName
  resolver: Resolver
  /** How often a call that is safe to repeat is made, the first time included. */
  attempts: number
  /** After `failures` in a row an instance is not called for `pauseMs`; then one call is let through as a probe. */
  breaker: { failures: number; pauseMs: number }
  /** How many calls may run at once, and how many more may wait. */
  atOnce: number
  queued: number
  breakersOpen(callee: ServiceName, count: number): void
}

interface CalleeRequest {
  method?: string
  headers: Headers
  body?: BodyInit | null
}

interface Target {
  instance: Instance
  breaker: CircuitBreakerPolicy
}

/** The codes with which fetch reports that it could not connect: the callee has not seen the request. */
const notConnectedCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const neverConnected = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && notConnectedCodes.has(error.code)

/** This instance cannot answer just now; another one may. */
const isUnavailableAnswer = ({ status }: Response) => status === 502 || status === 503 || status === 504

const repeatableMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
const isRepeatable = ({ method = 'GET', headers }: CalleeRequest) => repeatableMethods.has(method) || headers.has('idempotency-key')

/** Full jitter, so that callers that failed together do not return together. */
const backOffMs = (attempt: number) => Math.random() * 15 * 2 ** attempt

/** Reads the whole answer, so that the deadline includes the body. */
const send = async ({ address }: Instance, path: string, request: CalleeRequest, timeoutMs: number) => {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new DOMException(`no answer within ${Math.round(timeoutMs)} ms`, 'TimeoutError')), timeoutMs)
  try {
    const answer = await fetch(`http://${address}${path}`, { ...request, signal: abort.signal, redirect: 'manual' })
    const body = await answer.arrayBuffer()
    return new Response(body.byteLength > 0 ? body : null, { status: answer.status, headers: answer.headers })
  } finally {
    clearTimeout(timer)
  }
}

/** Another service as this process calls it: its instances in turn, a breaker for each, and a bound on the calls that run at once. */
export const createCallee = ({ name, resolver, attempts, breaker, atOnce, queued, breakersOpen }: CalleeOptions) => {
  const failed = handleWhen(() => true).orWhenResult(answer => answer instanceof Response && isUnavailableAnswer(answer))
  const breakers = new Map<string, CircuitBreakerPolicy>()
  const calls = bulkhead(atOnce, queued)
  let turn = 0

  const countOpen = () => breakersOpen(name, [...breakers.values()].filter(({ state }) => state !== CircuitState.Closed).length)
  const breakerOf = (id: string, instances: readonly Instance[]) => {
    const known = breakers.get(id)
    if (known) return known
    // A restarted instance has a new id, so the breakers of instances that are gone are deleted here.
    for (const old of breakers.keys()) if (!instances.some(instance => instance.id === old)) breakers.delete(old)
    const created = circuitBreaker(failed, { halfOpenAfter: breaker.pauseMs, breaker: new ConsecutiveBreaker(breaker.failures) })
    created.onStateChange(countOpen)
    breakers.set(id, created)
    countOpen()
    return created
  }

  /** The live instances, starting with another one each time. */
  const targets = async (anew: boolean): Promise<Target[]> => {
    const instances = await resolver.instances(name, anew)
    turn = (turn + 1) % Math.max(1, instances.length)
    return [...instances.slice(turn), ...instances.slice(0, turn)].map(instance => ({
      instance,
      breaker: breakerOf(instance.id, instances),
    }))
  }

  /** Calls the first target whose breaker lets the call through. While one call probes a half-open breaker, the others pass it over. */
  const callFirst = async (candidates: Target[], call: (instance: Instance) => Promise<Response>) => {
    let refused: unknown
    for (const { instance, breaker } of candidates) {
      if (breaker.state === CircuitState.HalfOpen) continue
      try {
        return await breaker.execute(() => call(instance))
      } catch (error) {
        if (!isBrokenCircuitError(error)) throw error
        refused = error
      }
    }
    throw refused ?? new Error(`no instance of ${name} may be called now`)
  }

  const callUntil = async (deadline: number, path: string, request: CalleeRequest): Promise<Response> => {
    const repeatable = isRepeatable(request)
    const tried = new Set<string>()
    for (let attempt = 1; ; attempt++) {
      const all = await targets(attempt > 1)
      const untried = all.filter(({ instance }) => !tried.has(instance.id))
      if (attempt > 1 && untried.length === 0) await Bun.sleep(backOffMs(attempt))
      const leftMs = deadline - performance.now()
      // Outside of the breaker: that the time passed in the queue is no fault of an instance.
      if (leftMs <= 0) throw new DOMException('the time for the call passed before it was sent', 'TimeoutError')
      const isLast = () => attempt >= attempts || all.length === 0 || performance.now() >= deadline
      try {
        const answer = await callFirst(untried.length > 0 ? untried : all, instance => {
          tried.add(instance.id)
          // If this instance hangs, half of the time is left for another one.
          return send(instance, path, request, repeatable && untried.length > 1 ? leftMs / 2 : leftMs)
        })
        if (isLast() || !repeatable || !isUnavailableAnswer(answer)) return answer
      } catch (error) {
        if (isLast() || isBrokenCircuitError(error) || !(repeatable || neverConnected(error))) throw error
      }
    }
  }

  return {
    /** The answer of a live instance, or the error that prevented one. A call is repeated if that is safe, or if it never connected. */
    call: (path: string, request: CalleeRequest, deadlineMs: number) => {
      const deadline = performance.now() + deadlineMs
      return calls.execute(() => callUntil(deadline, path, request))
    },
  }
}
