import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packagesHash } from './install'

test('packages are installed anew for a changed lock file and for a new, changed or removed patch', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'install-'))
  const hashWith = (file: string, text: string) => Bun.write(join(dir, file), text).then(() => packagesHash(dir))
  const hashes = [
    await hashWith('bun.lock', 'one'),
    await hashWith('bun.lock', 'two'),
    await hashWith('patches/a.patch', 'one'),
    await hashWith('patches/a.patch', 'two'),
    await hashWith('patches/b.patch', 'one'),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
  rmSync(join(dir, 'patches/b.patch'))
  expect(packagesHash(dir)).toBe(hashes[3]!)
  rmSync(dir, { recursive: true })
})
