import type { OutboxStore } from '../outbox'

const lotSize = 500
const lotMs = 100

/** Rows that were published. They are deleted in lots, and until then they are still in the table, so a read has to leave them out. */
export const createDeletions = <Id extends string | number>({ remove }: Pick<OutboxStore<Id>, 'remove'>) => {
  const waiting = new Set<Id>()
  let dueAt = Number.POSITIVE_INFINITY
  return {
    add(ids: readonly Id[]) {
      if (ids.length > 0 && waiting.size === 0) dueAt = Date.now() + lotMs
      for (const id of ids) waiting.add(id)
      if (waiting.size >= lotSize) dueAt = 0
    },
    has: (id: Id) => waiting.has(id),
    ids: () => [...waiting],
    dueAt: () => dueAt,
    async flush() {
      if (waiting.size > 0) await remove([...waiting])
      waiting.clear()
      dueAt = Number.POSITIVE_INFINITY
    },
  }
}
