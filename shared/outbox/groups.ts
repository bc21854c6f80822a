import { type Context, currentContext, withContext } from '../context'
import { AppError, isUnavailable } from '../errors'

export interface GroupOptions<Item> {
  /** The least time from the start of one group to the start of the next: meanwhile items gather. A full group does not wait. */
  groupIntervalMs?: number
  /** Whether somebody waits for the item: it begins a group at once, and takes along what has gathered. */
  isUrgent?: (item: Item) => boolean
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

/** The `groupIntervalMs` of services. A group costs about the same whatever its size, so larger groups make each order cheaper. */
export const groupInterval = {
  /** Where a buyer may wait for the effect. */
  ofOrders: 50,
  /** Where nobody waits for it, as for a parcel to be packed. */
  inBackground: 250,
}

/**
 * Handles items that wait together in one go, in the context of the first. If that fails, each half is tried, down to single items: none
 * fails because of another. From `stopping` on no item waits for others.
 */
export const createGroups = <Item>(
  handleAll: (items: readonly Item[]) => Promise<void>,
  { lanes = 2, groupSize = 64, groupIntervalMs = 0, isUrgent = () => false, stopping }: GroupOptions<Item> & { stopping?: AbortSignal },
) => {
  const waiting: Waiting<Item>[] = []
  let busyLanes = 0
  /** Runs until the next group may begin. */
  let interval: Timer | undefined
  let isStarting = false

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
  const isGroupDue = () => waiting.length > 0 && (!interval || waiting.length >= groupSize)
  const startLanes = () => {
    isStarting = false
    while (busyLanes < lanes && isGroupDue()) {
      busyLanes++
      startInterval()
      void handleGroup(waiting.splice(0, groupSize)).finally(() => {
        busyLanes--
        startLanes()
      })
    }
  }
  const startInterval = () => {
    endInterval()
    if (groupIntervalMs === 0 || stopping?.aborted) return
    interval = setTimeout(() => {
      interval = undefined
      startLanes()
    }, groupIntervalMs)
  }
  const endInterval = () => {
    clearTimeout(interval)
    interval = undefined
  }
  const onStopping = () => {
    endInterval()
    startLanes()
  }
  stopping?.addEventListener('abort', onStopping, { once: true })

  return (item: Item): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, context: currentContext(), resolve, reject })
      if (isUrgent(item)) endInterval()
      if (isStarting) return
      isStarting = true
      // What arrives at the same moment is handled together.
      setImmediate(startLanes)
    })
}

/**
 * The store cannot be reached, or has no connection to spare: no half of the group would fare better. An `AppError` with a cause may be about
 * one message, as when another transaction has locked a row of it.
 */
const isUnreachable = (error: unknown) => isUnavailable(error) && !(error instanceof AppError && error.cause)
