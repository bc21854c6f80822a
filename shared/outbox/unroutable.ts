import type { OutboxRow, StoreLog } from '../outbox'
import { minute } from '../time'

/** How many rows may rest; beyond that the one that was refused longest ago is tried again at once. */
const most = 1000
const restMs = (attempts: number) => Math.min(minute, 500 * 2 ** attempts)

/**
 * Rows that no queue took although their type has consumers, as when a queue was deleted. They stay in the outbox and rest for a growing
 * time, so that the rows behind them are published meanwhile.
 */
export const createUnroutableRows = <Id extends string | number>(log: StoreLog) => {
  const rows = new Map<Id, { attempts: number; retryAt: number }>()
  return {
    add({ id, type, message_id }: Pick<OutboxRow, 'type' | 'message_id'> & { id: Id }) {
      const attempts = rows.get(id)?.attempts ?? 0
      if (attempts === 0) log.error({ type, message_id }, 'no queue takes this message: it stays in the outbox')
      rows.delete(id)
      rows.set(id, { attempts: attempts + 1, retryAt: Date.now() + restMs(attempts) })
      const [oldest] = rows.keys()
      if (rows.size > most && oldest !== undefined) rows.delete(oldest)
    },
    delete(ids: readonly Id[]) {
      for (const id of ids) rows.delete(id)
    },
    resting(): Id[] {
      const now = Date.now()
      return [...rows].flatMap(([id, { retryAt }]) => (retryAt > now ? [id] : []))
    },
  }
}
