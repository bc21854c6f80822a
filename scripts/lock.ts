import { Database } from 'bun:sqlite'

/** A file that nothing refers to is collected, which would free its lock. */
const held = new Set<Database>()

/**
 * Takes a file for one owner, and returns what frees it; undefined if another has it. The system frees it when the process ends, however it ends.
 * SQLite asks the system for such a lock, for which Bun has no function.
 */
export function takeLock(path: string): (() => void) | undefined {
  let file: Database | undefined
  try {
    file = new Database(path)
    file.run('BEGIN EXCLUSIVE')
  } catch (error) {
    file?.close()
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined
    throw new Error(
      `${path} cannot be written. Does it belong to another user, or is the disk full? (${error instanceof Error ? error.message : error})`,
    )
  }
  const taken = file
  held.add(taken)
  return () => {
    held.delete(taken)
    taken.close()
  }
}
