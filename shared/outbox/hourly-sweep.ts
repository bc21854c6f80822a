import type { OutboxStore, StoreLog } from '../outbox'
import { hour } from '../time'

/** Deletes what is past its retention. The first time is random, so that the services do not all do so at the same moment. */
export const createHourlySweep = (store: Pick<OutboxStore<never>, 'sweep'>, stopping: AbortSignal, log: StoreLog) => {
  let nextAt = Date.now() + Math.random() * hour
  let running: Promise<void> | undefined
  return {
    startWhenDue() {
      if (running || Date.now() < nextAt) return
      nextAt = Date.now() + hour
      running = store
        .sweep(stopping)
        .catch(error => log.warn({ err: error }, 'rows past their retention could not be deleted; it is tried again in an hour'))
        .finally(() => {
          running = undefined
        })
    },
    ended: async () => running,
  }
}
