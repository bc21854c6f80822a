import pino from 'pino'
import { peekContext, traceIdOf } from './context'
import type { ServiceName } from './platform'

/** Without `child`: pino would write the fields of a child logger unfiltered. */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

const secret = /(password|secret|token|cookie|authorization|challenge|apikey|privatekey|recoverycodes|otpauthuri|cartid)$/
const personal = /(email|phone|username|fullname|address|addresses|line1|line2|postalcode|birthday)$/
const oneTimeCode = /^\d{6,8}$/

const known = new Map<string, boolean>()
/** Decided by a field's name in any spelling: `refresh_token`, `refreshToken`, `Refresh-Token`. */
const isHidden = (key: string): boolean => {
  let hidden = known.get(key)
  if (hidden === undefined) {
    const plain = key.toLowerCase().replaceAll(/[_-]/g, '')
    hidden = secret.test(plain) || personal.test(plain)
    if (known.size < 1000) known.set(key, hidden)
  }
  return hidden
}

const deepest = 6

const hide = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return describeError(value, depth)
  // Values with their own JSON form (dates, ids), and bytes.
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

/** Without the values that drivers put into messages: "Duplicate entry 'ann@example.com' for key 'email'", `dup key: { email: … }`. */
export const scrubbed = (text: string) =>
  text
    .slice(0, 2000)
    .replaceAll(/Duplicate entry '.*' for key/gs, "Duplicate entry '[hidden]' for key")
    .replaceAll(/dup key: \{.*/gs, 'dup key: [hidden]')
    .replaceAll(/[^\s"'<>]+@[^\s"'<>]+/g, '[hidden]')

/**
 * An error without its other fields, which may hold personal data: mysql2 keeps the statement with its values in `sql`, MongoDB values of
 * the document in `keyValue`, and a validation error all of the input.
 */
const describeError = (error: Error, depth: number): object => {
  const { cause, stack } = error
  const input = 'validator' in error && 'all' in error
  return {
    type: error.constructor.name,
    ...('code' in error && { code: error.code }),
    message: input ? 'a value does not match its schema' : scrubbed(error.message),
    stack: stack
      ?.split('\n')
      .filter(line => line.startsWith('    at '))
      .join('\n'),
    ...(cause !== undefined && depth < deepest && { cause: hide(cause, depth + 1) }),
  }
}

/**
 * JSON lines on the standard output, each with the ids of its request and trace. They are written synchronously: none is lost when the
 * process ends.
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
      // `hideFields` has already described the error; pino's serializer would add its fields again.
      serializers: { err: value => value },
      mixin: () => {
        const context = peekContext()
        return context ? { request_id: context.requestId, trace_id: traceIdOf(context) } : {}
      },
    },
    destination,
  )
