import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Gives a file, which only its owner may read, this text. Until all of it is on the disk the file has the old one, so neither a full disk nor a crash
 * leaves half of it.
 */
export function replaceFile(path: string, text: string) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  const draft = `${path}.new`
  try {
    writeFileSync(draft, text, { mode: 0o600, flush: true })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
