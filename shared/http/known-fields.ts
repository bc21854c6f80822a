import { KindGuard, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The value without the fields that its schema does not name. What is wrong otherwise stays for the validation to refuse. TypeBox's
 * `Value.Clean` leaves a closed member of a union as it is, since it compares the members before it removes anything.
 */
export const knownFields = (schema: TSchema, value: unknown): unknown => {
  if (KindGuard.IsArray(schema)) return Array.isArray(value) ? value.map(item => knownFields(schema.items, item)) : value
  if (KindGuard.IsUnion(schema)) {
    // A member that fits as it is comes first: another one may fit only because fields that have a meaning were left out.
    const fitting = schema.anyOf.find(member => Value.Check(member, value))
    if (fitting) return knownFields(fitting, value)
    for (const member of schema.anyOf) {
      const known = knownFields(member, value)
      if (Value.Check(member, known)) return known
    }
    return value
  }
  if (KindGuard.IsObject(schema) && isFields(value)) {
    const { properties } = schema
    const named = Object.entries(value).filter(([name]) => Object.hasOwn(properties, name))
    return Object.fromEntries(named.map(([name, part]) => [name, knownFields(properties[name] as TSchema, part)]))
  }
  return value
}
