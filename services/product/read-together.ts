/**
 * What is asked for in the same moment is read in one trip: a trip costs more than what it brings. Each reading begins after it was asked for,
 * so nobody gets anything older than by a reading of their own.
 */
export const readTogether = <Row>(read: (ids: readonly string[]) => Promise<Map<string, Row>>) => {
  let next: { ids: Set<string>; rows: Promise<Map<string, Row>> } | undefined
  const begin = () => {
    const ids = new Set<string>()
    const rows = new Promise(setImmediate).then(() => {
      next = undefined
      return read([...ids])
    })
    return { ids, rows }
  }
  return async (id: string): Promise<Row | undefined> => {
    next ??= begin()
    const { ids, rows } = next
    ids.add(id)
    return (await rows).get(id)
  }
}
