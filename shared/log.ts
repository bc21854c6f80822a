import pino from 'pino'
import { peekContext, traceIdOf } from './context'
import type { ServiceName } from './platform'

/** Without `child`: pino would write a child's own fields as they are. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

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
  if (value instanceof Error) return describeError(value, depth)
  // What says itself how it is written (dates, ids) and bytes.
  if ('toJSON' in value || ArrayBuffer.isView(value)) return value
  if (depth >= deepest) return '[…]'
  return Array.isArray(value) ? value.map(item => hide(item, depth + 1)) : hideFields(value, depth + 1)
}

const hideFields = (fields: object, depth: number): Record<string, unknown> => {
  const shown: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    const code = key === 'code' && typeof value === 'string' && oneTimeCode.test(value)
    shown[key] = value !== undefined && (code || isHidden(key)) ? '[hidden]' : hide(value, depth)
  }
  return shown
}

/** What drivers put into their messages: "Duplicate entry 'ann@example.com' for key 'email'", `dup key: { email: "ann@…" }`. */
export const withoutValues = (text: string) =>
  text
    .slice(0, 2000)
    .replaceAll(/Duplicate entry '.*' for key/gs, "Duplicate entry '[hidden]' for key")
    .replaceAll(/dup key: \{.*/gs, 'dup key: [hidden]')
    .replaceAll(/[^\s"'<>]+@[^\s"'<>]+/g, '[hidden]')

/**
 * Only what helps to find the fault. Other fields of an error are left out: mysql2 keeps the statement with its values in
 * `sql`, MongoDB the document's in `keyValue`, a validation error all of the input.
 */
const describeError = (error: Error, depth: number): object => {
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
    ...(cause !== undefined && depth < deepest && { cause: hide(cause, depth + 1) }),
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
      // Described above already; pino's own would add the fields again.
      serializers: { err: value => value },
      mixin: () => {
        const context = peekContext()
        return context ? { request_id: context.requestId, trace_id: traceIdOf(context) } : {}
      },
    },
    destination,
  )
