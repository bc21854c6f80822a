import { describe, expect, test } from 'bun:test'
import { stripVTControlCharacters } from 'node:util'
import { jsonLine, logEntry, troubleLine } from './log'

const entry = { level: 'warn', time: '2026-01-02T03:04:05.678Z', service: 'order', msg: 'slow answer', ms: 812 }
/** Without colours, which a developer's terminal may have. */
const shown = (name: string, line: string) => {
  const text = troubleLine(name, logEntry(name, line))
  return text && stripVTControlCharacters(text)
}

describe('a line of the log file', () => {
  test('is the JSON that the service wrote', () => {
    expect(jsonLine('order', JSON.stringify(entry))).toBe(JSON.stringify(entry))
  })
  test('is JSON even if the process wrote something else', () => {
    expect(JSON.parse(jsonLine('order', '{ broken'))).toMatchObject({ level: 'info', service: 'order', msg: '{ broken' })
    expect(JSON.parse(jsonLine('nginx', '2026/01/02 03:04:05 [error] 12#12: *3 connect() failed'))).toMatchObject({
      ...{ level: 'error', service: 'nginx', msg: '*3 connect() failed' },
    })
  })
})

describe('on the terminal', () => {
  test('information is not shown', () => {
    expect(shown('order', JSON.stringify({ ...entry, level: 'info' }))).toBeUndefined()
    expect(shown('order', 'just words')).toBeUndefined()
  })
  test('a warning is one short line with the instance, the level, the message and its reasons', () => {
    const err = { message: 'connection refused', stack: 'at here\nat there', cause: { message: 'ECONNREFUSED\n 127.0.0.1' } }
    const line = JSON.stringify({ ...entry, err })
    expect(shown('order-2', line)).toBe('order-2    warn: slow answer: connection refused: ECONNREFUSED 127.0.0.1')
    expect(shown('order', JSON.stringify({ ...entry, err: { message: 'slow answer' } }))).toBe('order      warn: slow answer')
    expect(shown('order', JSON.stringify({ ...entry, msg: 'x'.repeat(500) }))).toHaveLength(160)
  })
})
