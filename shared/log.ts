import pino from 'pino'
import { peekContext, traceIdOf } from './context'
import type { ServiceName } from './services'

export type Log = pino.Logger

const secret = /(password|secret|token|cookie|authorization|challenge|apikey|privatekey|recoverycodes|otpauthuri|cartid)$/
const personal = /(email|phone|username|fullname|address|addresses|line1|line2|postalcode|birthday)$/
const oneTimeCode = /^\d{6,8}$/

const known = new Map<string, boolean>()
/** Judged by a field's name, however it is spelt: `refresh_token`, `refreshToken`, `Refresh-Token`. */
const isHidden = (key: string): boolean => {
  let verdict = known.get(key)
  if (verdict === undefined) {
    const plain = key.toLowerCase().replaceAll(/[_-]/g, '')
    verdict = secret.test(plain) || personal.test(plain)
    if (known.size < 1000) known.set(key, verdict)
  }
  return verdict
}

const deepest = 6

const hide = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return depth === deepest ? '[…]' : value.map(item => hide(item, depth + 1))
  const kind = Object.getPrototypeOf(value)
  if (kind !== Object.prototype && kind !== null) return value
  return depth === deepest ? '[…]' : hideFields(value as Record<string, unknown>, depth + 1)
}

const hideFields = (fields: Record<string, unknown>, depth: number): Record<string, unknown> => {
  const shown: Record<string, unknown> = {}
  for (const key in fields) {
    const value = fields[key]
    const code = key === 'code' && typeof value === 'string' && oneTimeCode.test(value)
    shown[key] = value !== undefined && (code || isHidden(key)) ? '[hidden]' : hide(value, depth)
  }
  return shown
}

/** What drivers put into their messages: "Duplicate entry 'ann@example.com' for key 'email'", `dup key: { email: "ann@…" }`. */
const withoutValues = (text: string) =>
  text
    .replaceAll(/Duplicate entry '.*' for key/g, "Duplicate entry '[hidden]' for key")
    .replaceAll(/dup key: \{.*\}/g, 'dup key: [hidden]')
    .replaceAll(/[^\s"'<>]+@[^\s"'<>]+/g, '[hidden]')
    .slice(0, 2000)

/**
 * Only what helps to find the fault. Other fields of an error are left out: mysql2 keeps the statement with its values in
 * `sql`, MongoDB the document's in `keyValue`, a validation error all of the input.
 */
const describeError = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error)) return hide(error, 0)
  const { cause, stack } = error
  const input = 'validator' in error && 'all' in error
  return {
    type: error.constructor.name,
    ...('code' in error && { code: error.code }),
    message: input ? 'a value is not as its schema says' : withoutValues(error.message),
    stack: stack
      ?.split('\n')
      .filter(line => line.startsWith('    at '))
      .join('\n'),
    ...(cause !== undefined && depth < 4 && { cause: describeError(cause, depth + 1) }),
  }
}

/**
 * JSON lines on the standard output, each with the request and the trace that it belongs to.
 * Written at once: no line is lost when the process ends, and no worker thread is needed.
 */
export const createLog = (
  service: ServiceName,
  level: string,
  destination: pino.DestinationStream = pino.destination({ sync: true }),
): Log =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }), log: fields => hideFields(fields, 0) },
      serializers: { err: describeError, error: describeError },
      mixin: () => {
        const context = peekContext()
        return context ? { request_id: context.requestId, trace_id: traceIdOf(context) } : {}
      },
    },
    destination,
  )
