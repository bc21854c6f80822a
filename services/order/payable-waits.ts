import { sleep } from '#shared/deadline'
import type { Notices } from '#shared/redis'
import type { Fact } from './domain'
import { endsPending } from './domain-claims'

interface Wait {
  ms: number
  /** Aborted when the client has gone away. */
  signal: AbortSignal
}

/** How many requests may wait in one instance. Those beyond are answered at once, and told when to try again. */
const mostWaiting = 64

/**
 * Lets requests wait until an order is no longer `pending`, on whichever instance it is changed. Nothing is locked meanwhile. A notice may
 * get lost, so a request also looks when its time is over.
 */
export const payableWaits = (notices: Notices, most = mostWaiting) => {
  const waiting = new Map<number, Set<() => void>>()
  let count = 0

  const wake = (orderId: number) => {
    for (const wakeUp of waiting.get(orderId) ?? []) wakeUp()
  }
  const wakeAll = () => {
    for (const orderId of waiting.keys()) wake(orderId)
  }
  notices.listen(text => (text === '' ? wakeAll() : wake(Number(text))))

  return {
    waiting: () => count,

    /** Call it after the fact is committed: also when it was known before, since an instance that crashed may not have told it. */
    announce(orderId: number, { kind }: Pick<Fact, 'kind'>): void {
      if (!endsPending(kind)) return
      wake(orderId)
      notices.tell(String(orderId))
    },

    /** What `look` finds once `mayAnswer` holds for it, or when the time is over. */
    async until<Found>(
      orderId: number,
      look: () => Promise<Found>,
      mayAnswer: (found: Found) => boolean,
      { ms, signal }: Wait,
    ): Promise<Found> {
      if (ms === 0 || count >= most) return look()
      const deadline = Date.now() + ms
      let woken = new AbortController()
      const wakeUp = () => woken.abort()
      const same = waiting.get(orderId) ?? new Set()
      waiting.set(orderId, same.add(wakeUp))
      count++
      try {
        // Each look comes after the waiting has begun, so that no change falls between the two.
        for (;;) {
          woken = new AbortController()
          const found = await look()
          const leftMs = deadline - Date.now()
          if (mayAnswer(found) || signal.aborted || leftMs <= 0) return found
          await sleep(leftMs, AbortSignal.any([woken.signal, signal]))
        }
      } finally {
        count--
        same.delete(wakeUp)
        if (same.size === 0) waiting.delete(orderId)
      }
    },
  }
}
export type PayableWaits = ReturnType<typeof payableWaits>
