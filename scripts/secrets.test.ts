import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { secretsIn } from './secrets'

const folders: string[] = []
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'secrets-'))
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true })
})

test('secrets that nobody gives are made once', () => {
  const dir = folder()
  const first = secretsIn(dir, {})
  expect(first.ADMIN_PASSWORD).toMatch(/^Shop-/)
  expect(secretsIn(dir, {})).toEqual(first)
  expect(secretsIn(folder(), {}).DATA_KEYS).not.toBe(first.DATA_KEYS)
})

test('what the environment gives at the first start is kept for the later ones that do not give it', () => {
  const dir = folder()
  const given = { ADMIN_PASSWORD: 'own-admin-password-1', DATA_KEYS: 'k1:AAAA' }
  expect(secretsIn(dir, given)).toMatchObject(given)
  expect(secretsIn(dir, {})).toMatchObject(given)
  expect(secretsIn(dir, { ADMIN_PASSWORD: 'another-password-2' }).ADMIN_PASSWORD).toBe('another-password-2')
})
