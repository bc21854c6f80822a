const colours = [36, 32, 33, 35, 34, 96, 92, 93, 95, 94]
const paint = (colour: number, text: string) => `\x1b[${colour}m${text}\x1b[0m`
const dim = (text: string) => paint(2, text)

const levelColours: Record<string, number> = { info: 32, warn: 33, error: 31, fatal: 31 }
const structural = new Set(['level', 'time', 'pid', 'hostname', 'service', 'name', 'msg', 'err', 'v', 'traceId', 'spanId'])

const colourOf = (name: string) => colours[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % colours.length]!

type LogLine = { level: string; time: string; msg?: string; err?: { message?: string; stack?: string } }

const parse = (line: string): (LogLine & Record<string, unknown>) | undefined => {
  try {
    const value: unknown = line.startsWith('{') ? JSON.parse(line) : undefined
    if (value !== null && typeof value === 'object' && 'level' in value && typeof value.level === 'string')
      return value as LogLine & Record<string, unknown>
  } catch {}
  return undefined
}

/** One line of the merged log: for eyes on a terminal; elsewhere the JSON as its service wrote it. */
export function logLine(name: string, line: string, forEyes: boolean) {
  const entry = parse(line)
  if (!forEyes) return entry ? line : `${name}: ${line}`
  const prefix = paint(colourOf(name), `${name.padEnd(9)} │`)
  if (!entry) return `${prefix} ${line}`
  const extras = Object.entries(entry).filter(([key, value]) => !structural.has(key) && value !== null && typeof value !== 'object')
  const time = new Date(entry.time).toTimeString().slice(0, 8)
  const text = [
    dim(time),
    paint(levelColours[entry.level] ?? 2, entry.level.padEnd(5)),
    entry.msg ?? '',
    ...extras.map(([key, value]) => dim(`${key}=${value}`)),
  ].join(' ')
  const trouble = entry.err?.stack ?? entry.err?.message
  return [text, ...(trouble?.split('\n') ?? [])].map(part => `${prefix} ${part}`).join('\n')
}
