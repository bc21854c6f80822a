import { expect, test } from 'bun:test'
import { stripVTControlCharacters } from 'node:util'
import { logLine } from './log'

const entry = {
  level: 'warn',
  time: '2026-01-02T03:04:05.678Z',
  service: 'order',
  msg: 'slow answer',
  ms: 812,
  err: { stack: 'Error: late\n  at here' },
}

test('a log line is for eyes on a terminal: name, level, words, and the stack below', () => {
  const lines = stripVTControlCharacters(logLine('order', JSON.stringify(entry), true)).split('\n')
  expect(lines[0]).toMatch(/^order {5}│ \d\d:\d\d:05 warn {2}slow answer ms=812$/)
  expect(lines.slice(1)).toEqual(['order     │ Error: late', 'order     │   at here'])
})

test('elsewhere it is the JSON as it was written', () => {
  expect(logLine('order', JSON.stringify(entry), false)).toBe(JSON.stringify(entry))
})

test('what is not a log line keeps its words and gets its name', () => {
  expect(logLine('nginx', '{ broken', false)).toBe('nginx: { broken')
  expect(stripVTControlCharacters(logLine('nginx', '{"a":1}', true))).toBe('nginx     │ {"a":1}')
})
