import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const dir = mkdtempSync(join(tmpdir(), 'rotate-keys-'))
afterAll(() => rmSync(dir, { recursive: true }))

const run = async (...args: string[]) => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'rotate-keys.ts'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  return { errors: await new Response(child.stderr).text(), code: await child.exited }
}

test('a file of keys that containers mount is written in place, and a full disk takes no key', async () => {
  const file = join(dir, 'data_keys')
  writeFileSync(file, 'first:AAAA\n', { mode: 0o644 })
  const { ino } = statSync(file)
  symlinkSync('/dev/full', `${file}.copy.new`)
  const full = await run('add', '--file', file)
  expect(full.errors).toContain('ENOSPC')
  expect(readFileSync(file, 'utf8')).toBe('first:AAAA\n')

  expect(await run('add', '--file', file)).toEqual({ errors: '', code: 0 })
  expect(readFileSync(file, 'utf8')).toMatch(/^first:AAAA,k\d{8}-[\da-f]{4}:\S+\n$/)
  expect(statSync(file)).toMatchObject({ ino })
  expect(statSync(file).mode & 0o777).toBe(0o644)
  expect(readdirSync(dir)).toEqual(['data_keys'])
})
