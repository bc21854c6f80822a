import type { OutboxStore, StoredRow } from '../outbox'

/** How much text waits in memory at most. More waits only while the broker is slow, and then the table is read instead. */
const maxCharacters = 4 * 1024 * 1024

/**
 * The rows that this instance committed since it last read the table. They are published without another read if each follows the last without
 * a gap. A gap may hold another instance's row, so the table is read. Order is kept as far as this can tell; consumers must not rely on it.
 */
export const createHandOver = <Id extends string | number>({ follows }: Pick<OutboxStore<Id>, 'follows'>) => {
  let rows: StoredRow<Id>[] = []
  let characters = 0
  let last: Id | undefined
  let mustRead = true

  const clear = () => {
    rows = []
    characters = 0
  }
  const requireRead = () => {
    mustRead = true
    clear()
  }
  return {
    /** The table is read next, since rows may wait in it that were not handed over. */
    requireRead,
    add(committed: readonly StoredRow<Id>[]) {
      // The next read finds them, since they are committed.
      if (mustRead) return
      rows.push(...committed)
      for (const { body } of committed) characters += body.length
      if (characters > maxCharacters) requireRead()
    },
    /** The rows to publish next, without those that `wasTaken`; undefined when the table has to be read. */
    take(wasTaken: (id: Id) => boolean): StoredRow<Id>[] | undefined {
      if (mustRead) return undefined
      // Answers to commits may overtake each other.
      const next = rows.filter(({ id }) => !wasTaken(id)).sort((a, b) => (a.id < b.id ? -1 : 1))
      clear()
      let previous = last
      for (const { id } of next) {
        if (previous === undefined || !follows(previous, id)) return undefined
        previous = id
      }
      last = previous
      return next
    },
    /** Reads the table, up to `limit` rows. What is committed meanwhile is handed over as well. */
    async read(unsent: () => Promise<StoredRow<Id>[]>, limit: number): Promise<StoredRow<Id>[]> {
      mustRead = false
      clear()
      const found = await unsent()
      last = found.at(-1)?.id ?? last
      if (found.length >= limit) requireRead()
      return found
    },
  }
}
