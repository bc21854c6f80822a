/** Converts JSON Schema as TypeBox writes it to what OpenAPI 3.0 allows. */
export type Schema = Record<string, unknown>

export const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)
const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The keywords of OpenAPI 3.0 that need no conversion. Validators refuse keywords that are neither here nor converted below. */
const plainKeywords = new Set(
  `type format title description default example enum nullable readOnly writeOnly deprecated pattern minLength maxLength minimum maximum
  exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems minProperties maxProperties required`.split(/\s+/),
)

/** The formats in which Elysia writes a number, a boolean or a list that may arrive as text in a query. */
const textForms = new Set(['integer', 'numeric', 'boolean', 'ArrayString', 'ObjectString'])
const isTextForm = ({ type, format }: Schema) => type === 'string' && typeof format === 'string' && textForms.has(format)

export interface Mended {
  schema(schema: unknown): Schema
  /** The recursive schemas that were found, by name, for `components`. */
  named: Record<string, Schema>
}

export const createMender = (): Mended => {
  const named: Record<string, Schema> = {}
  const reference = (name: string): Schema => {
    const plain = name.replace('#/components/schemas/', '')
    named[plain] ??= { type: 'object' }
    return { $ref: `#/components/schemas/${plain}` }
  }

  const schema = (given: unknown): Schema => {
    if (!isObject(given)) return {}
    if (typeof given.$ref === 'string') return reference(given.$ref)
    if (typeof given.$id !== 'string') return mended(given)
    const ref = reference(given.$id)
    named[given.$id] = mended(given)
    return ref
  }

  const mended = ({ anyOf, oneOf, const: only, ...given }: Schema): Schema => {
    if (anyOf || oneOf) return union(given, schemasIn(anyOf ?? oneOf))
    if (only !== undefined) return annotated({ type: typeof only, enum: [only] }, given)
    const result: Schema = {}
    for (const [keyword, value] of Object.entries(given)) if (plainKeywords.has(keyword) && value !== undefined) result[keyword] = value
    if (given.type !== 'string') delete result.pattern
    if (Array.isArray(given.examples)) result.example ??= given.examples[0]
    if (given.type === 'null') return { nullable: true, enum: [null] }
    if (given.type === 'Date') return { ...result, type: 'string', format: 'date-time' }
    for (const [limit, side] of [
      ['exclusiveMinimum', 'minimum'],
      ['exclusiveMaximum', 'maximum'],
    ] as const)
      if (typeof given[limit] === 'number') Object.assign(result, { [side]: given[limit], [limit]: true })
    if (isObject(given.properties))
      result.properties = Object.fromEntries(Object.entries(given.properties).map(([name, value]) => [name, schema(value)]))
    if (Array.isArray(given.allOf)) result.allOf = schemasIn(given.allOf).map(schema)
    if (isObject(given.not)) result.not = schema(given.not)
    if (given.type === 'array')
      result.items = Array.isArray(given.items) ? { anyOf: schemasIn(given.items).map(schema) } : schema(given.items)
    // A record: one schema for the values of all keys.
    if (isObject(given.patternProperties)) result.additionalProperties = schema(Object.values(given.patternProperties)[0])
    else if (isObject(given.additionalProperties)) result.additionalProperties = schema(given.additionalProperties)
    else if (typeof given.additionalProperties === 'boolean') result.additionalProperties = given.additionalProperties
    return result
  }

  /** Keeps what stands beside a union, such as its description and example. */
  const annotated = (what: Schema, given: Schema): Schema => ({ ...mended(given), ...what })

  const union = (given: Schema, options: Schema[]): Schema => {
    if (options.some(option => option.type === 'Date')) return annotated({ type: 'string', format: 'date-time' }, given)
    const values = options.filter(option => option.type !== 'null' && !isTextForm(option))
    const nullable = given.nullable === true || values.length < options.filter(option => !isTextForm(option)).length
    const maybeNull: Schema = nullable ? { nullable } : {}
    const literals = values.map(option => option.const)
    if (values.length > 0 && literals.every(literal => literal !== undefined))
      return annotated({ type: typeof literals[0], enum: nullable ? [...literals, null] : literals, ...maybeNull }, given)
    if (values.length !== 1) return annotated({ anyOf: values.map(schema), ...maybeNull }, given)
    const one = schema(values[0])
    return '$ref' in one ? { allOf: [one], ...maybeNull } : { ...one, ...mended(given), ...maybeNull }
  }

  return { schema, named }
}

const byFormat: Record<string, string> = {
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  email: 'user@example.com',
  uri: 'https://example.com/',
  uuid: '0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10',
}

/** An example made of the examples of its parts, so that "Try it out" starts with a valid body. */
export const sampleOf = (schema: Schema): unknown => {
  if (schema.example !== undefined) return schema.example
  if (schema.default !== undefined) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  const options = schemasIn(schema.anyOf)
  if (options[0]) return sampleOf(options[0])
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schemasIn(schema.allOf).map(sampleOf).filter(isObject))
  if (schema.type === 'object') return sampleObject(schema)
  if (schema.type === 'array') {
    const item = isObject(schema.items) ? sampleOf(schema.items) : undefined
    return item === undefined ? [] : [item]
  }
  if (schema.type === 'string') return byFormat[String(schema.format)] ?? 'text'
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, Number(schema.minimum ?? 1))
  return schema.type === 'boolean' ? true : undefined
}

/** Optional fields are included only if they have an example of their own. */
const sampleObject = ({ properties, required }: Schema): Schema => {
  const needed = new Set(Array.isArray(required) ? required : [])
  const sample: Schema = {}
  for (const [name, part] of Object.entries(isObject(properties) ? properties : {})) {
    if (!isObject(part) || !(needed.has(name) || hasExample(part))) continue
    const value = sampleOf(part)
    if (value !== undefined) sample[name] = value
  }
  return sample
}

const hasExample = (part: Schema): boolean =>
  part.example !== undefined ||
  (isObject(part.items) && hasExample(part.items)) ||
  (isObject(part.properties) && Object.values(part.properties).some(inner => isObject(inner) && hasExample(inner)))
