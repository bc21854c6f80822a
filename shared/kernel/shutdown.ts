import type { Log } from '../log'

type Closer = () => unknown

/**
 * The steps in which a service stops. `stopping`: no new work comes in, and the work under way ends. `stores`: the outboxes are relayed, so
 * the bus is still open. Then the bus is closed, and at last what everything else uses.
 */
const steps = ['stopping', 'stores', 'bus', 'connections'] as const
type Step = (typeof steps)[number]

export const createShutdown = (log: Pick<Log, 'warn'>) => {
  let draining = false
  const drainListeners: (() => void)[] = []
  const closers: Record<Step, Closer[]> = { stopping: [], stores: [], bus: [], connections: [] }
  return {
    onDrain: (end: () => void) => void drainListeners.push(end),
    draining: () => draining,
    /** The instance should get no new requests, and answers that would never end, end here. It still does all of its work. */
    beginDraining() {
      draining = true
      for (const end of drainListeners) {
        try {
          end()
        } catch (error) {
          log.warn({ err: error }, 'an open answer could not be ended; stopping continues')
        }
      }
    },
    at: (step: Step, ...close: Closer[]) => void closers[step].push(...close),
    /** Ends everything, step by step. What fails is logged, and does not keep the rest from being closed. */
    async close() {
      for (const step of steps) {
        const closing = closers[step].map(async close => close())
        for (const result of await Promise.allSettled(closing))
          if (result.status === 'rejected') log.warn({ err: result.reason, step }, 'something could not be closed; stopping continues')
      }
    },
  }
}
export type Shutdown = ReturnType<typeof createShutdown>
