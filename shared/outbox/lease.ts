import type { OutboxStore, StoreLog } from '../outbox'

/** The lease that lets one instance at a time relay an outbox. */
export const createLease = (store: Pick<OutboxStore<string>, 'lease' | 'release'>, leaseMs: number, log: StoreLog) => {
  const holder = crypto.randomUUID()
  let holding = false
  let leasedUntil = 0
  return {
    holding: () => holding,
    /** Whether this instance has the lease, which is taken or renewed when a third of its time has passed. */
    async renew() {
      // Counted from before the question, so that the lease never ends later here than in the database.
      const now = Date.now()
      if (holding && now < leasedUntil - (leaseMs * 2) / 3) return true
      const held = holding
      holding = await store.lease(holder, leaseMs)
      leasedUntil = now + leaseMs
      if (held && !holding) log.warn({ holder }, 'another instance took the outbox lease')
      return holding
    },
    async release() {
      holding = false
      await store.release(holder).catch(error => log.warn({ err: error }, 'the outbox lease could not be released; it runs out by itself'))
    },
  }
}
