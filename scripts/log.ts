import { styleText } from 'node:util'

/** A line of the log, as services write it. */
export interface LogEntry {
  level: string
  time: string
  service: string
  msg: string
  err?: { message?: string; cause?: { message?: string } }
}

const isEntry = (value: unknown): value is LogEntry =>
  value !== null && typeof value === 'object' && 'level' in value && typeof value.level === 'string' && 'msg' in value

const parse = (line: string): LogEntry | undefined => {
  if (!line.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return isEntry(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Nginx writes `2026/01/02 03:04:05 [error] 12#12: *3 connect() failed`. */
const nginxLine = /^[\d/]+ [\d:]+ \[(\w+)\] (?:\d+#\d+: )?(.*)$/
const nginxLevels: Record<string, string> = { warn: 'warn', error: 'error', crit: 'error', alert: 'error', emerg: 'fatal' }

/** Turns a line of a process's output into a log entry. Text that is not JSON becomes the message of an entry. */
export function logEntry(name: string, line: string): LogEntry {
  const entry = parse(line)
  if (entry) return entry
  const [, level = '', words = line] = nginxLine.exec(line) ?? []
  return { level: nginxLevels[level] ?? 'info', time: new Date().toISOString(), service: name, msg: words }
}

/** The entry as JSON. A line that is an entry already stays as it is, byte for byte. */
export const jsonLine = (name: string, line: string) => (parse(line) ? line : JSON.stringify(logEntry(name, line)))

const colours = { warn: 'yellow', error: 'red', fatal: 'red' } as const
const isTrouble = (level: string): level is keyof typeof colours => level in colours

/** A warning or an error as one short line for people, coloured if the terminal has colours; undefined for other entries. */
export function troubleLine(name: string, { level, msg, err }: LogEntry): string | undefined {
  if (!isTrouble(level)) return undefined
  const reasons = [err?.message, err?.cause?.message].filter(reason => reason && !msg.includes(reason))
  const text = `${name.padEnd(10)} ${level}: ${[msg, ...reasons].join(': ').replaceAll(/\s+/g, ' ')}`
  return styleText(colours[level], text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text)
}

const longestLine = 160
