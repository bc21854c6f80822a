import type { Backlog } from '../outbox'
import type { PoolState } from '../sql/pool'
import type { Instruments } from './instruments'

export const measureStores = ({ gauge }: Instruments) => ({
  /** While the store is down, the last figures stay, and the other metrics are still served. */
  outbox(read: () => Promise<Backlog>) {
    let pending: Promise<Backlog | undefined> | undefined
    const readOnce = () => {
      pending ??= read()
        .catch(() => undefined)
        .finally(() => {
          pending = undefined
        })
      return pending
    }
    gauge('outbox_waiting', 'Messages not yet published', [], async waiting => {
      const backlog = await readOnce()
      if (backlog) waiting.set(backlog.count)
    })
    gauge('outbox_oldest_age_seconds', 'Age of the oldest message not yet published', [], async age => {
      const backlog = await readOnce()
      if (backlog) age.set(backlog.oldest ? Math.max(0, (Date.now() - backlog.oldest.getTime()) / 1000) : 0)
    })
  },

  pool(store: string, read: () => PoolState) {
    gauge('pool_connections', 'Connections of a store by state', ['store', 'state'], connections => {
      const { size, inUse, waiting } = read()
      connections.set({ store, state: 'open' }, size)
      connections.set({ store, state: 'in_use' }, inUse)
      connections.set({ store, state: 'awaited' }, waiting)
    })
  },
})
