import type { TTuple } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { invalid } from './errors'
import { closed, failing, integerText, named, type Static, type TSchema, t } from './schema'

/** Where counting and skipping stop. Beyond it, a list is read by cursor. */
const deepest = 10_000
/** What a repository counts to: one more than is shown, to say that there are more. `countCapped` stops there. */
export const countLimit = deepest + 1

// Not a `maximum` of the schema, so that the error can say how to read further.
const Skip = t
  .Transform(failing(['use_cursor'], integerText({ default: 0 })))
  .Decode(skip => {
    if (skip > deepest) throw invalid('use_cursor', `A list can be skipped through to ${deepest}; follow next_cursor to go deeper.`)
    return skip
  })
  .Encode(skip => skip)

/** The query of a list. With filters: `closed({ ...PageQuery.properties, status: … })`. */
export const PageQuery = closed({
  skip: Skip,
  limit: integerText({ minimum: 1, maximum: 100, default: 20 }),
  cursor: t.Optional(
    failing(['invalid_cursor'], t.String({ minLength: 1, maxLength: 1024, description: 'The `next_cursor` of the page before' })),
  ),
})
export type PageQuery = Static<typeof PageQuery>

/** What a repository returns. `total` is counted to `countLimit` at most. */
export interface Page<Row> {
  items: Row[]
  total: number
  nextCursor?: string | undefined
}

const namedAfter = <S extends TSchema>(item: TSchema, ending: string, schema: S): S => {
  const name: unknown = item['x-name']
  return typeof name === 'string' ? named(`${name}${ending}`, schema) : schema
}

/** A whole list, which is short. That of a named `Refund` is named `RefundList`. */
export const listOf = <S extends TSchema>(item: S) => namedAfter(item, 'List', t.Object({ items: t.Array(item) }))

/** One page of a list. A page of a named `Order` is named `OrderPage`. */
export const pageOf = <S extends TSchema>(item: S) =>
  namedAfter(
    item,
    'Page',
    t.Object({
      items: t.Array(item),
      total: t.Integer({ description: `Counted to ${deepest}; above a thousand it may be a second old` }),
      total_capped: t.Optional(t.Boolean({ description: 'There are more than `total`' })),
      skip: t.Integer(),
      limit: t.Integer(),
      next_cursor: t.Optional(t.String({ description: 'Send it as `cursor` for the next page; absent on the last one' })),
    }),
  )

export const page = <Row, View>({ items, total, nextCursor }: Page<Row>, { skip, limit }: PageQuery, view: (row: Row) => View) => ({
  items: items.map(item => view(item)),
  total: Math.min(total, deepest),
  ...(total > deepest && { total_capped: true }),
  skip,
  limit,
  ...(nextCursor !== undefined && { next_cursor: nextCursor }),
})

type Key = string | number | boolean | null

/** The sort keys of a row, opaque to clients. A `Date` is passed as its ISO text. */
export const encodeCursor = (keys: readonly Key[]): string => encode(keys)
const encode = (keys: unknown): string => Buffer.from(JSON.stringify(keys)).toString('base64url')

/** The cursor after the last row of a page; undefined when the page was not full. */
export const cursorAfter = <Row>(items: readonly Row[], limit: number, keysOf: (row: Row) => readonly Key[]): string | undefined => {
  const last = items.at(-1)
  return last === undefined || items.length < limit ? undefined : encodeCursor(keysOf(last))
}

/** The keys, if they have this shape and the text is exactly what `encodeCursor` writes. */
export const decodeCursor = <S extends TTuple>(cursor: string, shape: S): Static<S> => {
  const keys = parsed(cursor)
  if (!Value.Check(shape, keys) || encode(keys) !== cursor)
    throw invalid('invalid_cursor', 'The cursor is not one that this list gave; start again without it.')
  return keys
}

export const IdCursor = t.Tuple([t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })])

/** Where a list from the newest id to the oldest continues: below the cursor's id, or after the skipped rows. */
export const newestFirst = ({ skip, cursor }: Pick<PageQuery, 'skip' | 'cursor'>): { below?: number; skip: number } =>
  cursor === undefined ? { skip } : { below: decodeCursor(cursor, IdCursor)[0], skip: 0 }

/** The cursor that `newestFirst` reads. */
export const afterId = <Row extends { id: number }>(items: readonly Row[], limit: number): string | undefined =>
  cursorAfter(items, limit, ({ id }) => [id])

const parsed = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}
