import { closeSync, openSync, writeSync } from 'node:fs'
import { jsonLine, logEntry, troubleLine } from './log'
import { largestLog, rotateLog } from './rotate-log'

/** What `bun start` shows: text for people, or only JSON lines for a program. */
export type Format = 'text' | 'json'

export interface Console {
  /** A line of progress. */
  report(line: string): void
  /** A line that a service or Nginx wrote. */
  onLog(name: string, line: string): void
}

type Print = (line: string) => void

/**
 * Writes every log line to `file` as JSON. People see the progress and a short line for each warning and error; a program gets the progress
 * and all log lines, as JSON.
 */
export function openConsole(file: string, format: Format, print: Print = console.log, limit = largestLog): Console {
  // Opened when the first line comes: a start that is refused must not empty the log of the running stack.
  let log: number | undefined
  const report = (line: string) => print(format === 'text' ? line : JSON.stringify(logEntry('launcher', line)))
  let writable = true
  let written = 0
  // Synchronous, so that no line is lost when the launcher ends. A full disk must not stop the shop.
  const save = (line: string) => {
    try {
      log ??= openSync(file, 'w', 0o600)
      if (writable) written += writeSync(log, `${line}\n`)
      if (written < limit) return
      written = 0
      closeSync(log)
      rotateLog(file, 0)
      log = undefined
    } catch (error) {
      writable = false
      report(`${file} cannot be written any more: ${error instanceof Error ? error.message : error}`)
    }
  }
  return {
    report,
    onLog(name, line) {
      const json = jsonLine(name, line)
      save(json)
      const shown = format === 'json' ? json : troubleLine(name, logEntry(name, line))
      if (shown !== undefined) print(shown)
    },
  }
}
