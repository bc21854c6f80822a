/**
 * Reads all ids that are requested in the same turn of the event loop with one query. The query starts after the request,
 * so a caller never gets older data than from a query of its own.
 */
export const batchingLoader = <Row>(read: (ids: readonly string[]) => Promise<Map<string, Row>>) => {
  let next: { ids: Set<string>; rows: Promise<Map<string, Row>> } | undefined
  const openBatch = () => {
    const ids = new Set<string>()
    const rows = new Promise(setImmediate).then(() => {
      next = undefined
      return read([...ids])
    })
    return { ids, rows }
  }
  return async (id: string): Promise<Row | undefined> => {
    next ??= openBatch()
    const { ids, rows } = next
    ids.add(id)
    return (await rows).get(id)
  }
}
