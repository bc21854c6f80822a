import { renameSync, statSync } from 'node:fs'

/** A log that reaches this size is rotated: the launcher keeps the log that is written and one before it. */
export const largestLog = 50 * 1024 * 1024

/** Moves a log that has grown past `limit` out of the way, over the one before, and answers whether it did. Its writer has to open it anew. */
export const rotateLog = (path: string, limit = largestLog): boolean => {
  try {
    if (statSync(path).size < limit) return false
    renameSync(path, `${path}.1`)
    return true
  } catch {
    // There is none yet.
    return false
  }
}
