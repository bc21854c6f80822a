import type { Activity } from './activity'

/**
 * Gives back what the start took, its code and its garbage, once the process is quiet after it: a seventh of what an idle service holds. It
 * is done only once, since compiled code goes, too: a shop that wakes up after a quiet night would be slow to its first customers.
 */
export const shrinkOnceQuiet = (activity: Pick<Activity, 'onChange'>, shrink: () => void = Bun.shrink) => {
  const stopListening = activity.onChange(quiet => {
    if (!quiet) return
    stopListening()
    shrink()
  })
}
