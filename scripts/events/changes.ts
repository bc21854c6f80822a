/** JSON Schema, as far as the catalog uses it. */
export interface Schema {
  type?: string
  const?: unknown
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  patternProperties?: Record<string, Schema>
  items?: Schema
  minItems?: number
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
}

/** What is published of an event or timer: who sends it, and in which form. */
export interface Published {
  by: string
  schema: Schema
}
export type Release = Record<string, Published>

interface Refusal {
  path: string
  why: string
}

const lower = ['minimum', 'minLength', 'minItems'] as const
const upper = ['maximum', 'maxLength'] as const
const same = ['pattern', 'format'] as const
const isOpen = (schema: Schema) => Object.keys(schema).every(key => key === 'description')

/** Why a value in the form `sent` may be refused where `read` is checked. Empty when every such value is accepted. */
export const refusals = (sent: Schema, read: Schema, path = ''): Refusal[] => {
  const refused = (why: string) => [{ path: path || '/', why }]
  if (isOpen(read)) return []
  if (sent.anyOf) return sent.anyOf.flatMap(option => refusals(option, read, path))
  if (read.anyOf)
    return read.anyOf.some(option => refusals(sent, option, path).length === 0)
      ? []
      : refused(`${nameOf(sent)} is not among what is accepted`)
  if (read.const !== undefined) return sent.const === read.const ? [] : refused(`only ${nameOf(read)} is accepted`)
  if (sent.type !== read.type && !(sent.type === 'integer' && read.type === 'number'))
    return refused(`${nameOf(sent)} is sent where ${nameOf(read)} is accepted`)
  return [
    ...lower.flatMap(limit => ((sent[limit] ?? -Infinity) < (read[limit] ?? -Infinity) ? refused(`${limit} is ${read[limit]}`) : [])),
    ...upper.flatMap(limit => ((sent[limit] ?? Infinity) > (read[limit] ?? Infinity) ? refused(`${limit} is ${read[limit]}`) : [])),
    ...same.flatMap(key => (read[key] !== undefined && sent[key] !== read[key] ? refused(`${key} is ${read[key]}`) : [])),
    ...(read.required ?? []).flatMap(name =>
      sent.required?.includes(name) ? [] : [{ path: `${path}/${name}`, why: 'it is required, and may be absent' }],
    ),
    ...partsOf(read).flatMap(([name, part]) => {
      const other = partsOf(sent).find(([known]) => known === name)?.[1]
      return other ? refusals(other, part, `${path}/${name}`) : []
    }),
  ]
}

/** The fields of an object, the values of a record and the items of a list. */
const partsOf = ({ properties = {}, patternProperties = {}, items }: Schema): [string, Schema][] => [
  ...Object.entries(properties),
  ...Object.values(patternProperties).map((part): [string, Schema] => ['*', part]),
  ...(items ? [['[]', items] as [string, Schema]] : []),
]

const removedFields = (before: Schema, after: Schema, path = ''): string[] =>
  partsOf(before).flatMap(([name, part]) => {
    const now = partsOf(after).find(([known]) => known === name)?.[1]
    return now ? removedFields(part, now, `${path}/${name}`) : [`${path}/${name}`]
  })

const nameOf = ({ const: only, type = 'anything' }: Schema) => (only === undefined ? type : JSON.stringify(only))

export interface Break {
  /** `order.created /items/[]/sku`: what `accepted` in the test names. */
  where: string
  message: string
}

/** What breaks when this release and the last one run side by side, or one reads what the other left in the queues. */
export const breaks = (before: Release, after: Release): Break[] =>
  Object.entries(before).flatMap(([type, was]) => {
    const now = after[type]
    if (!now)
      return [
        {
          where: type,
          message: `${type} was removed or renamed: consumers of the last release wait for it. Publish it until none of them runs`,
        },
      ]
    const moved =
      now.by === was.by ? [] : [{ where: type, message: `${type} comes from ${now.by} instead of ${was.by}: publish a new type` }]
    const removed = removedFields(was.schema, now.schema).map(path => ({
      where: `${type} ${path}`,
      message: `${type} lost ${path}: consumers of the last release read it. Keep it, and add a renamed field beside it`,
    }))
    const lost = new Set(removed.map(({ where }) => where))
    const old = refusals(was.schema, now.schema).map(({ path, why }) => ({
      where: `${type} ${path}`,
      message: `${type} of the last release would become a dead letter: ${path}: ${why}. Make a new field optional, and an old one no narrower`,
    }))
    const coming = refusals(now.schema, was.schema).map(({ path, why }) => ({
      where: `${type} ${path}`,
      message: `${type} would become a dead letter at a consumer of the last release: ${path}: ${why}. Add an optional field for what is new`,
    }))
    return [...moved, ...removed, ...[...old, ...coming].filter(({ where }) => !lost.has(where))]
  })
