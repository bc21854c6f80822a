/** Converts JSON Schema as TypeBox writes it to what OpenAPI 3.0 allows. */
export type Schema = Record<string, unknown>

export const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectIn = (value: unknown): Schema => (isObject(value) ? value : {})
export const schemasIn = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isObject) : [])

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
  /** The schemas that have a name, by that name, for `components`. */
  named: Record<string, Schema>
  /** What a reference stands for; any other schema as it is. */
  resolve(schema: Schema): Schema
}

const inComponents = '#/components/schemas/'

export const createMender = (): Mended => {
  const named: Record<string, Schema> = {}
  const sources = new Map<string, string>()
  const open = new Set<string>()

  const resolve = (schema: Schema): Schema =>
    typeof schema.$ref === 'string' ? (named[schema.$ref.replace(inComponents, '')] ?? {}) : schema

  const define = (name: string, given: Schema): Schema => {
    const source = JSON.stringify(given, (key, value) => (key === 'x-problems' ? undefined : value))
    const known = sources.get(name)
    // Within itself a name means the whole again: that is how a tree is described, whose levels are written out in code.
    if (known !== undefined && known !== source && !open.has(name))
      throw new Error(`two different schemas are named ${name}: give one of them another name`)
    if (known === undefined) {
      sources.set(name, source)
      named[name] = { type: 'object' } // while it is read, for a schema that refers to itself
      open.add(name)
      named[name] = mended(given)
      open.delete(name)
    }
    return { $ref: `${inComponents}${name}` }
  }

  const schema = (given: unknown): Schema => {
    if (!isObject(given)) return {}
    if (typeof given.$ref === 'string') return { $ref: `${inComponents}${given.$ref.replace(inComponents, '')}` }
    // Of `named`, or of a recursive schema of TypeBox.
    const name = given['x-name'] ?? given.$id
    return typeof name === 'string' ? define(name, given) : mended(given)
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
    if (values.length !== 1) {
      const parts = values.map(schema)
      return annotated({ anyOf: nullable ? withNull(parts) : parts }, given)
    }
    const one = schema(values[0])
    if (!nullable && Object.keys(given).length === 0) return one
    // A list of words has to name the null.
    const words = nullable && Array.isArray(one.enum) && { enum: [...one.enum, null] }
    if (!('$ref' in one)) return { ...one, ...mended(given), ...words, ...maybeNull }
    return nullable ? { ...mended(given), ...orNull(one) } : { ...mended(given), allOf: [one] }
  }

  /** A named schema or null. `nullable` counts only beside a `type`, and an `enum` has to list the null. */
  const orNull = (one: Schema): Schema => {
    const { type, enum: words, anyOf } = resolve(one)
    if (Array.isArray(words)) return { type, enum: [...words, null], nullable: true }
    if (anyOf) return { anyOf: withNull(schemasIn(anyOf)) }
    return { type, allOf: [one], nullable: true }
  }

  /** The parts of a union of which one may be null. */
  const withNull = (parts: Schema[]): Schema[] => {
    const at = Math.max(
      parts.findIndex(part => part.type !== undefined && !part.enum),
      0,
    )
    return parts.map((part, i) => (i !== at ? part : '$ref' in part ? orNull(part) : { ...part, nullable: true }))
  }

  return { schema, named, resolve }
}
