import { openSync, writeSync } from 'node:fs'
import { jsonLine, logEntry, troubleLine } from './log'

/** What `bun start` shows: progress for people, or JSON lines alone for a program that reads them. */
export type Format = 'text' | 'json'

export interface Console {
  /** A line of progress. */
  report(line: string): void
  /** A line that a service or Nginx wrote. */
  onLog(name: string, line: string): void
}

type Print = (line: string) => void

/**
 * Every log line goes to `file` as JSON. For people only warnings and errors are shown, each as one short line.
 * A program gets the log lines and the progress, all as JSON.
 */
export function openConsole(file: string, format: Format, print: Print = console.log): Console {
  // Opened with the first line: a start that is refused leaves the log of the running stack alone.
  let log: number | undefined
  const report = (line: string) => print(format === 'text' ? line : JSON.stringify(logEntry('launcher', line)))
  let writable = true
  // Synchronous, so that no line is lost when the launcher ends. A full disk does not stop the shop.
  const save = (line: string) => {
    try {
      log ??= openSync(file, 'w', 0o600)
      if (writable) writeSync(log, `${line}\n`)
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
