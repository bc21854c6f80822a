export const pageSize = 1000

/** All rows of a query, read in pages: `after` gives those that follow the last one's key. */
export async function* eachPaged<Row, Key>(first: Key, after: (key: Key) => Promise<Row[]>, keyOf: (row: Row) => Key): AsyncIterable<Row> {
  for (let key = first; ; ) {
    const rows = await after(key)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return
    key = keyOf(last)
  }
}
