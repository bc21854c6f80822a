import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packagesHash, requireBun } from './install'

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

test.each<[Record<string, string>, string]>([
  [{}, ''],
  [{ NO_PROXY: 'example.com' }, 'example.com,'],
  [{ NO_PROXY: 'example.com', no_proxy: '' }, 'example.com,'],
  [{ NO_PROXY: '127.0.0.1', no_proxy: 'example.com' }, 'example.com,'],
])('behind a proxy with %j, what commands start reaches this machine', async (excepted, kept) => {
  using proxy = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('the proxy') })
  using server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('this machine') })
  const asking = `console.log(await (await fetch('http://127.0.0.1:${server.port}')).text(), process.env.no_proxy)`
  const command = `await import(${JSON.stringify(join(import.meta.dir, 'install'))})
    Bun.spawnSync([process.execPath, '-e', ${JSON.stringify(asking)}], { env: process.env, stdout: 'inherit' })`
  const env = { PATH: process.env.PATH, HTTP_PROXY: proxy.url.href, ...excepted }
  const child = Bun.spawn([process.execPath, '-e', command], { env, cwd: tmpdir() })
  expect(await new Response(child.stdout).text()).toBe(`this machine ${kept}127.0.0.1,localhost,::1\n`)
})

test('an older Bun is refused with what to do, and the same or a newer one is not', () => {
  expect(() => requireBun('1.3.9', 'bun@1.4.5')).toThrow('This needs Bun 1.4.5 or newer, and this is Bun 1.3.9')
  for (const version of ['1.4.5', '1.4.10', '2.0.0']) expect(() => requireBun(version, 'bun@1.4.5')).not.toThrow()
})
