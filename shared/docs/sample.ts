import { isObject, type Schema, schemasIn } from './schema'

const byFormat: Record<string, string> = {
  'date-time': '2026-01-31T12:00:00.000Z',
  date: '2026-01-31',
  email: 'user@example.com',
  uri: 'https://example.com/',
  uuid: '0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10',
}

type Resolve = (schema: Schema) => Schema

/**
 * Makes examples of the examples of their parts, so that "Try it out" starts with a valid body. A schema that is a part of itself ends at its
 * first repetition.
 */
export const sampleOf = (whole: Schema, resolve: Resolve): unknown => {
  const sample = (given: Schema, within: readonly Schema[]): unknown => {
    const schema = resolve(given)
    if (within.includes(schema)) return undefined
    const inner = (part: Schema) => sample(part, [...within, schema])
    if (schema.example !== undefined) return schema.example
    if (schema.default !== undefined) return schema.default
    if (Array.isArray(schema.enum)) return schema.enum[0]
    const [option] = schemasIn(schema.anyOf)
    if (option) return inner(option)
    if (Array.isArray(schema.allOf)) return together(schemasIn(schema.allOf).map(inner))
    if (schema.type === 'object') return sampleObject(schema, [...within, schema])
    if (schema.type === 'array') {
      const item = isObject(schema.items) ? inner(schema.items) : undefined
      return item === undefined ? [] : [item]
    }
    if (schema.type === 'string') return byFormat[String(schema.format)] ?? 'text'
    if (schema.type === 'integer' || schema.type === 'number') return Math.max(1, Number(schema.minimum ?? 1))
    return schema.type === 'boolean' ? true : undefined
  }

  /** Optional fields are included only if they have an example of their own. */
  const sampleObject = ({ properties, required }: Schema, within: readonly Schema[]): Schema => {
    const needed = new Set(Array.isArray(required) ? required : [])
    const made: Schema = {}
    for (const [name, part] of Object.entries(isObject(properties) ? properties : {})) {
      if (!isObject(part) || !(needed.has(name) || hasExample(part, within))) continue
      const value = sample(part, within)
      if (value !== undefined) made[name] = value
    }
    return made
  }

  const hasExample = (given: Schema, within: readonly Schema[]): boolean => {
    const schema = resolve(given)
    if (within.includes(schema)) return false
    if (schema.example !== undefined) return true
    const parts = [schema.items, ...Object.values(isObject(schema.properties) ? schema.properties : {})]
    return parts.some(part => isObject(part) && hasExample(part, [...within, schema]))
  }

  return sample(whole, [])
}

/** The parts of an `allOf`: one object of all their fields, or the only one as it is. */
const together = (parts: unknown[]): unknown => (parts.length === 1 ? parts[0] : Object.assign({}, ...parts.filter(isObject)))
