import type { OutboxRow, StoreLog } from '../outbox'
import { minute, second } from '../time'

type Row<Id> = Pick<OutboxRow, 'type' | 'message_id'> & { id: Id }
interface Rest {
  attempts: number
  retryAt: number
}

/** How many rows may rest one by one; beyond that all rows of a type rest together. */
const mostRows = 1000
const next = (before: Rest | undefined, longest: number): Rest => {
  const attempts = before?.attempts ?? 0
  return { attempts: attempts + 1, retryAt: Date.now() + Math.min(longest, 500 * 2 ** attempts) }
}
const resting = <Key>(all: ReadonlyMap<Key, Rest>): Key[] => [...all].flatMap(([key, { retryAt }]) => (retryAt > Date.now() ? [key] : []))

/**
 * Rows that no queue takes, as when a queue was deleted or is full. They stay in the outbox and rest for a growing time, so that the rows
 * behind them are published meanwhile.
 */
export const createResting = <Id extends string | number>(log: StoreLog) => {
  const rows = new Map<Id, Rest & { type: string }>()
  const types = new Map<string, Rest>()

  const restType = (type: string, longest: number, reason: string) => {
    if (!types.has(type)) log.error({ type }, reason)
    types.set(type, next(types.get(type), longest))
    for (const [id, row] of rows) if (row.type === type) rows.delete(id)
  }
  /** Another instance may have published what rested here: it is not seen again. */
  const forgetUnseen = () => {
    for (const [id, { retryAt }] of rows) if (retryAt < Date.now() - minute) rows.delete(id)
    for (const [type, { retryAt }] of types) if (retryAt < Date.now() - minute) types.delete(type)
  }

  return {
    any: () => rows.size + types.size > 0,
    /** What is left out when the table is read. */
    now() {
      forgetUnseen()
      return { ids: resting(rows), types: resting(types) }
    },
    published(some: readonly Row<Id>[]) {
      for (const { id, type } of some) {
        rows.delete(id)
        types.delete(type)
      }
    },
    /** Rows whose type has consumers, though no queue takes it. Returns whether whole types rest from now on. */
    unroutable(some: readonly Row<Id>[]): boolean {
      const whole = new Set<string>()
      for (const { id, type, message_id } of some) {
        if (whole.has(type)) continue
        const before = rows.get(id)
        if (types.has(type) || (!before && rows.size >= mostRows)) {
          whole.add(type)
          restType(type, minute, 'no queue takes messages of this type: they stay in the outbox')
          continue
        }
        if (!before) log.error({ type, message_id }, 'no queue takes this message: it stays in the outbox')
        rows.set(id, { type, ...next(before, minute) })
      }
      return whole.size > 0
    },
    /** Rows that a full queue refused. It may have room again at any moment, so their types rest only for seconds. */
    refused(some: readonly Row<Id>[]) {
      for (const type of new Set(some.map(row => row.type)))
        restType(type, 5 * second, 'a queue refuses messages of this type: they stay in the outbox')
    },
  }
}
