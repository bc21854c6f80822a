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
  /** How often a call is made in all, when repeating it is safe. */
  attempts: number
  /** After so many failures in a row an instance is left alone for `pauseMs`; then one call is let through to see. */
  breaker: { failures: number; pauseMs: number }
  /** Calls under way at once, and how many more may wait for their turn. */
  atOnce: number
  queued: number
  breakersOpen(callee: ServiceName, count: number): void
}

interface Target {
  instance: Instance
  breaker: CircuitBreakerPolicy
}

/** By which fetch says that nobody was there: nothing was sent, so nothing can have happened. */
const neverSentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const neverSent = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && neverSentCodes.has(error.code)

/** The instance could not do its work just now; another one may. */
const passesOn = ({ status }: Response) => status === 502 || status === 503 || status === 504

const repeatableMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
const isRepeatable = ({ method = 'GET', headers }: { method?: string; headers: Headers }) =>
  repeatableMethods.has(method) || headers.has('idempotency-key')

/** Full jitter, so that callers who failed together don't come back together. */
const pauseBefore = (attempt: number) => Math.random() * 15 * 2 ** attempt

export interface Question {
  method?: string
  headers: Headers
  body?: BodyInit | null
}

/** Reads the answer whole, so that the deadline holds for the body too. */
const send = async ({ address }: Instance, path: string, question: Question, withinMs: number) => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DOMException(`no answer within ${Math.round(withinMs)} ms`, 'TimeoutError')), withinMs)
  try {
    const answer = await fetch(`http://${address}${path}`, { ...question, signal: late.signal, redirect: 'manual' })
    const body = await answer.arrayBuffer()
    return new Response(body.byteLength > 0 ? body : null, { status: answer.status, headers: answer.headers })
  } finally {
    clearTimeout(timer)
  }
}

/** One other service as this process sees it: its instances in turn, a breaker for each, a bound on the calls under way. */
export const createCallee = ({ name, resolver, attempts, breaker, atOnce, queued, breakersOpen }: CalleeOptions) => {
  const failed = handleWhen(() => true).orWhenResult(answer => answer instanceof Response && passesOn(answer))
  const breakers = new Map<string, CircuitBreakerPolicy>()
  const calls = bulkhead(atOnce, queued)
  let turn = 0

  const report = () => breakersOpen(name, [...breakers.values()].filter(({ state }) => state !== CircuitState.Closed).length)
  const breakerOf = (id: string, instances: readonly Instance[]) => {
    const known = breakers.get(id)
    if (known) return known
    // A restarted instance has a new id: the breakers of those that are gone go with them.
    for (const old of breakers.keys()) if (!instances.some(instance => instance.id === old)) breakers.delete(old)
    const made = circuitBreaker(failed, { halfOpenAfter: breaker.pauseMs, breaker: new ConsecutiveBreaker(breaker.failures) })
    made.onStateChange(report)
    breakers.set(id, made)
    report()
    return made
  }

  /** Who may be asked, beginning with another instance each time. */
  const targets = async (lookAnew: boolean): Promise<Target[]> => {
    const instances = await resolver.instances(name, lookAnew)
    turn = (turn + 1) % Math.max(1, instances.length)
    return [...instances.slice(turn), ...instances.slice(0, turn)].map(instance => ({
      instance,
      breaker: breakerOf(instance.id, instances),
    }))
  }

  /** The first whose breaker lets a call through. While one call probes a half-open one, the others don't wait for it. */
  const askFirst = async (from: Target[], ask: (instance: Instance) => Promise<Response>) => {
    let refused: unknown
    for (const { instance, breaker } of from) {
      if (breaker.state === CircuitState.HalfOpen) continue
      try {
        return await breaker.execute(() => ask(instance))
      } catch (error) {
        if (!isBrokenCircuitError(error)) throw error
        refused = error
      }
    }
    throw refused ?? new Error(`no instance of ${name} may be asked now`)
  }

  const askUntil = async (deadline: number, path: string, question: Question): Promise<Response> => {
    const repeatable = isRepeatable(question)
    const tried = new Set<string>()
    for (let attempt = 1; ; attempt++) {
      const all = await targets(attempt > 1)
      const untried = all.filter(({ instance }) => !tried.has(instance.id))
      if (attempt > 1 && untried.length === 0) await Bun.sleep(pauseBefore(attempt))
      const leftMs = deadline - performance.now()
      const last = attempt >= attempts || all.length === 0 || leftMs <= 0
      try {
        const answer = await askFirst(untried.length > 0 ? untried : all, instance => {
          tried.add(instance.id)
          // An instance that hangs leaves half of the time to another one.
          return send(instance, path, question, repeatable && untried.length > 1 ? leftMs / 2 : Math.max(leftMs, 1))
        })
        if (last || !repeatable || !passesOn(answer)) return answer
      } catch (error) {
        if (last || isBrokenCircuitError(error) || !(repeatable || neverSent(error))) throw error
      }
    }
  }

  return {
    /** The answer of a live instance, or whatever kept it from coming. Only what is safe is asked twice. */
    ask: (path: string, question: Question, deadlineMs: number) => {
      const deadline = performance.now() + deadlineMs
      return calls.execute(() => askUntil(deadline, path, question))
    },
  }
}
