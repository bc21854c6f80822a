import type { ServiceName } from '../platform'
import { second } from '../time'

/** Routes by which the platform watches itself. */
const monitoringRoutes = new Set(['/health', '/ready', '/metrics'])

/**
 * Whether a process has something to do. It is quiet once it has had no request and no message for `quietAfterMs`. What discovery asks every
 * minute does not count, or no service would ever stay quiet for long.
 */
export const createActivity = (quietAfterMs = 10 * second) => {
  const listeners = new Set<(quiet: boolean) => void>()
  let quiet = false
  let last = Date.now()
  const change = (to: boolean) => {
    quiet = to
    for (const listener of listeners) listener(to)
  }
  const watch = () => {
    const leftMs = last + quietAfterMs - Date.now()
    if (leftMs > 0) setTimeout(watch, leftMs).unref()
    else change(true)
  }
  watch()
  const note = () => {
    last = Date.now()
    if (!quiet) return
    change(false)
    watch()
  }
  return {
    note,
    request({ route, caller }: { route: string; caller?: ServiceName | undefined }) {
      if (caller !== 'discovery' && !monitoringRoutes.has(route)) note()
    },
    isQuiet: () => quiet,
    /** Returns a function that ends the listening. */
    onChange(listener: (quiet: boolean) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
export type Activity = ReturnType<typeof createActivity>
