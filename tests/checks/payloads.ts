import fc from 'fast-check'
import type { Schema } from '../../scripts/events/changes'

/** Payloads of every form that a schema allows. Text is short, since what is checked is the form. */
export const payloadsOf = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(payloadsOf))
  if (schema.const !== undefined) return fc.constant(schema.const)
  switch (schema.type) {
    case 'object': {
      const values = Object.values(schema.patternProperties ?? {})[0]
      if (values) return fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), payloadsOf(values), { maxKeys: 3 })
      const fields = Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, payloadsOf(part)]))
      return fc.record(fields, { requiredKeys: schema.required ?? [], noNullPrototype: true })
    }
    case 'array':
      return fc.array(payloadsOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: (schema.minItems ?? 0) + 2 })
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 2 ** 31 })
    case 'number':
      return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: schema.minimum ?? -1e9, max: 1e9 }))
    case 'string':
      if (schema.pattern || schema.format) throw new Error(`payloadsOf does not know how to write ${JSON.stringify(schema)}: add it there`)
      return fc.string({ minLength: schema.minLength ?? 0, maxLength: schema.maxLength ?? 12 })
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    default:
      return fc.jsonValue({ maxDepth: 1 })
  }
}
