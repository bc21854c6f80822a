import { type Context, currentContext, withContext } from '../context'
import { AppError, isUnavailable } from '../errors'

export interface GroupOptions {
  /** How long an item waits for others before its group is handled. For work that nobody waits for. */
  gatherMs?: number
  /** How many groups are handled side by side. */
  lanes?: number
  groupSize?: number
}

interface Waiting<Item> {
  item: Item
  context: Context
  resolve(): void
  reject(error: unknown): void
}

/**
 * Handles items that wait together in one go, in the context of the first. If that fails, each half is tried, down to single items: none
 * fails because of another. `closing` ends the waiting for others.
 */
export const createGroups = <Item>(
  handleAll: (items: readonly Item[]) => Promise<void>,
  { lanes = 2, groupSize = 64, gatherMs = 0, closing }: GroupOptions & { closing?: AbortSignal },
) => {
  const waiting: Waiting<Item>[] = []
  let busyLanes = 0
  let gathering: Timer | undefined

  const handleGroup = async (group: readonly Waiting<Item>[]): Promise<void> => {
    const [first] = group
    if (!first) return
    try {
      await withContext(first.context, () => handleAll(group.map(({ item }) => item)))
      for (const one of group) one.resolve()
    } catch (error) {
      if (group.length === 1 || isUnreachable(error)) {
        for (const one of group) one.reject(error)
        return
      }
      const half = group.length >> 1
      await handleGroup(group.slice(0, half))
      await handleGroup(group.slice(half))
    }
  }
  const startLanes = () => {
    while (busyLanes < lanes && waiting.length > 0 && (!gathering || waiting.length >= groupSize)) {
      busyLanes++
      void handleGroup(waiting.splice(0, groupSize)).finally(() => {
        busyLanes--
        startLanes()
      })
    }
  }
  const endGathering = () => {
    clearTimeout(gathering)
    gathering = undefined
    startLanes()
  }
  closing?.addEventListener('abort', endGathering, { once: true })

  return (item: Item): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, context: currentContext(), resolve, reject })
      if (gatherMs > 0 && !closing?.aborted) gathering ??= setTimeout(endGathering, gatherMs)
      startLanes()
    })
}

/** The store cannot be reached: no half of the group would fare better. */
const isUnreachable = (error: unknown) => isUnavailable(error) && !(error instanceof AppError)
