import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replaceFile } from './replace-file'

const dir = mkdtempSync(join(tmpdir(), 'replace-file-'))
afterAll(() => rmSync(dir, { recursive: true }))

test('a file that is replaced belongs to its owner alone, and is not touched when nothing changes', () => {
  const file = join(dir, 'secrets.json')
  const written = (text: string) => {
    replaceFile(file, text)
    expect(readFileSync(file, 'utf8')).toBe(text)
    return statSync(file)
  }
  const first = written('one')
  expect(first.mode & 0o777).toBe(0o600)
  expect(written('one')).toMatchObject({ ino: first.ino, mtimeMs: first.mtimeMs })
  expect(written('two').mode & 0o777).toBe(0o600)
})

test('a full disk leaves the file as it was, and nothing beside it', () => {
  const file = join(dir, 'kept.json')
  replaceFile(file, 'kept')
  symlinkSync('/dev/full', `${file}.new`)
  expect(() => replaceFile(file, 'another text')).toThrow('ENOSPC')
  expect(readFileSync(file, 'utf8')).toBe('kept')
  expect(existsSync(`${file}.new`)).toBe(false)
})
