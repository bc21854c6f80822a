import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mysqlMasterIn, secretsIn } from './secrets'

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

test('secrets that are kept are not written again, and a full disk takes none of them', () => {
  const dir = folder()
  const file = join(dir, 'secrets.json')
  const first = secretsIn(dir, {})
  const { ino, mtimeMs } = statSync(file)
  secretsIn(dir, { ADMIN_PASSWORD: 'another-password-2' })
  expect(statSync(file)).toMatchObject({ ino, mtimeMs })

  const { MYSQL_PASSWORD, ...others } = first
  writeFileSync(file, JSON.stringify(others))
  symlinkSync('/dev/full', `${file}.new`)
  expect(() => secretsIn(dir, {})).toThrow('ENOSPC')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(others)
})

test('whoever makes the users of MySQL makes no other secret: the platform that starts later may be given its own', () => {
  const dir = folder()
  const master = mysqlMasterIn(dir, {})
  expect(JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8'))).toEqual(master)
  const given = { ADMIN_PASSWORD: 'own-admin-password-1', DATA_KEYS: 'k1:AAAA', INTERNAL_KEY: 'x'.repeat(32) }
  const secrets = secretsIn(dir, given)
  expect(secrets).toMatchObject({ ...given, ...master })
  expect(JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8'))).toEqual(secrets)
})
