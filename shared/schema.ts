import { Kind, type Static, type TProperties, type TSchema, TypeRegistry, Type as t } from '@sinclair/typebox'

/** The builder for every schema. TypeBox's own, since Elysia's `t.Integer` accepts text as a number in a body. */
export { type Static, type TSchema, t }

/** An object without other fields. Every body is `closed`: an unknown field is a mistake that the client should see. */
export const closed = <P extends TProperties>(
  fields: P,
  options: { minProperties?: number; description?: string; examples?: unknown[] } = {},
) => t.Object(fields, { ...options, additionalProperties: false })

/**
 * Gives a schema its name in the OpenAPI document, which then has it once and refers to it. Names must be unique across all services.
 * In code it stays as it is: Elysia writes a broken reference for `t.Array(t.Ref(…))`.
 */
export const named = <S extends TSchema>(name: string, schema: S): S => ({ ...schema, 'x-name': name })

/** Names the errors with which the conversion of a schema refuses an input: they are documented for every route that takes it. */
export const failing = <S extends TSchema>(codes: readonly string[], schema: S): S => ({ ...schema, 'x-problems': codes })

const patterns = { integer: /^\d{1,16}$/, number: /^\d{1,16}(\.\d{1,4})?$/ }
interface FromText {
  type: keyof typeof patterns
  minimum: number
  maximum: number
}
TypeRegistry.Set<FromText>('FromText', ({ type, minimum, maximum }, value) => {
  if (typeof value !== 'number' && !(typeof value === 'string' && patterns[type].test(value))) return false
  return Number(value) >= minimum && Number(value) <= maximum
})

interface Range {
  minimum?: number
  maximum?: number
  default?: number
  examples?: number[]
}
const numberFromText = (type: FromText['type'], { minimum = 0, maximum = Number.MAX_SAFE_INTEGER, ...rest }: Range) =>
  t
    .Transform(
      t.Unsafe<number>({
        [Kind]: 'FromText',
        type,
        pattern: patterns[type].source,
        minimum,
        maximum,
        expected: `Expected ${type} from ${minimum} to ${maximum}`,
        ...rest,
      }),
    )
    .Decode(Number)
    .Encode(value => value)

/** Numbers in a path or query, where everything is text: plain digits, within the range. */
export const integerText = (range: Range = {}) => numberFromText('integer', range)
export const decimalText = (range: Range = {}) => numberFromText('number', range)
/** One of a list of words. */
export const oneOf = <const T extends string>(words: readonly T[], examples: readonly T[] = []) =>
  t.Unsafe<T>(
    t.Union(
      words.map(word => t.Literal(word)),
      examples.length > 0 ? { examples } : {},
    ),
  )
export const booleanText = () => t.Union([t.Literal('true'), t.Literal('false')])
export const IdParam = closed({ id: integerText({ minimum: 1, examples: [1] }) })

export const IdempotencyHeader = t.Object({
  'idempotency-key': t.Optional(
    failing(
      ['invalid_idempotency_key', 'request_in_progress', 'idempotency_key_reused'],
      t.String({
        maxLength: 255,
        description: 'Repeats of one request give its first answer again. A refusal (4xx) is not kept: after it, the key is free',
        examples: ['checkout-1'],
      }),
    ),
  ),
})

export const Id = t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const ProductId = t.String({ pattern: '^[0-9a-f]{24}$', examples: ['507f1f77bcf86cd799439011'] })
export const Sku = t.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', examples: ['NB-14-512'] })
export const Time = t.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] })
const dayOrMoment = (description: string) =>
  t.String({
    pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T[\\d:.]{5,18}(Z|[+-]\\d\\d:\\d\\d))?$',
    maxLength: 40,
    description,
    examples: ['2026-01-31'],
  })
/** The fields of a query about a period; `readPeriod` reads them. */
export const periodFields = {
  from: dayOrMoment('A day, or a moment such as 2026-01-31T12:00:00Z'),
  to: dayOrMoment('A day, which is included, or a moment, which is not'),
}
/** Text that is neither empty nor blank. */
export const text = (maxLength: number, example?: string) =>
  t.String({ minLength: 1, maxLength, pattern: '\\S', ...(example && { examples: [example] }) })

export const maxQuantity = 2 ** 31 - 1
export const Quantity = t.Integer({ minimum: 1, maximum: maxQuantity, examples: [2] })

export const Problem = named(
  'Problem',
  t.Object(
    {
      type: t.String(),
      title: t.String(),
      status: t.Integer(),
      code: t.String(),
      detail: t.String(),
      request_id: t.String(),
      errors: t.Optional(t.Array(t.Object({ path: t.String({ pattern: '^/' }), message: t.String(), code: t.Optional(t.String()) }))),
    },
    {
      description: 'RFC 9457 problem',
      examples: [
        {
          type: 'about:blank',
          title: 'Not Found',
          status: 404,
          code: 'order_not_found',
          detail: 'There is no such order, or it is not yours.',
          request_id: '4f1c',
        },
      ],
    },
  ),
)
