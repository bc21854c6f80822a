import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Format, openConsole } from './console'

const dir = mkdtempSync(join(tmpdir(), 'console-'))
afterAll(() => rmSync(dir, { recursive: true }))

const line = (level: string, msg: string) => JSON.stringify({ level, time: '2026-01-02T03:04:05.678Z', service: 'order', msg })

/** What a start shows and writes to its log. */
const start = (format: Format) => {
  const file = join(dir, `${format}.log`)
  const shown: string[] = []
  const { report, onLog } = openConsole(file, format, text => shown.push(stripVTControlCharacters(text)))
  report('order      ready in 1.2 s')
  onLog('order', line('info', 'ready'))
  onLog('order', line('error', 'a row cannot be read'))
  onLog('order', 'not JSON')
  return { shown, logged: readFileSync(file, 'utf8').trimEnd().split('\n') }
}

describe('a start', () => {
  test('shows people its progress and, in a short line each, warnings and errors', () => {
    expect(start('text').shown).toEqual(['order      ready in 1.2 s', 'order      error: a row cannot be read'])
  })
  test('shows a program JSON lines alone', () => {
    const messages = start('json').shown.map(text => JSON.parse(text).msg)
    expect(messages).toEqual(['order      ready in 1.2 s', 'ready', 'a row cannot be read', 'not JSON'])
  })
  test.each(['text', 'json'] as const)('writes all log lines to a file as JSON, also when it shows %s', format => {
    const { logged } = start(format)
    expect(logged.slice(0, 2)).toEqual([line('info', 'ready'), line('error', 'a row cannot be read')])
    expect(JSON.parse(logged[2] ?? '')).toMatchObject({ service: 'order', msg: 'not JSON' })
  })
})

test('a log that has grown past its limit is rotated, and one log before it is kept', () => {
  const file = join(dir, 'rotated.log')
  const { onLog } = openConsole(file, 'json', () => {}, 300)
  for (let n = 0; n < 9; n++) onLog('order', line('info', `line ${n}`))
  const messages = (path: string) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text).msg)
  expect([...messages(`${file}.1`), ...messages(file)]).toEqual(['line 4', 'line 5', 'line 6', 'line 7', 'line 8'])
})
