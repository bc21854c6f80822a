/** An order on its way through the shop. */
export interface Flowing {
  id: number
  status: string
  at: number
  /** It has moved since the page was opened. */
  moved: boolean
}

/** A page that is left open for days keeps no more. */
export const mostKept = 500

/** The orders with those that moved, the newest first. */
export const withNewest = (orders: readonly Flowing[], moved: readonly Flowing[]): Flowing[] => {
  const ids = new Set(moved.map(({ id }) => id))
  const others = orders.filter(({ id }) => !ids.has(id))
  return [...moved, ...others].toSorted((a, b) => b.at - a.at || b.id - a.id).slice(0, mostKept)
}
