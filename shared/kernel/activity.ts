import type { ServiceName } from '../platform'
import { second } from '../time'

/** Routes by which the platform looks after itself, as it does by the requests of discovery. */
const lookingAfter = new Set(['/health', '/ready', '/metrics'])

/**
 * Whether a process has something to do. It is quiet once it has had no request and no message for `quietAfterMs`. Discovery's
 * minute-by-minute comparison does not count, or no service that it asks would ever stay quiet for a minute.
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
      if (caller !== 'discovery' && !lookingAfter.has(route)) note()
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
