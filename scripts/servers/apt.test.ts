import { afterAll, beforeEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aptInstall, removeLeftPolicy } from './apt'

const dir = mkdtempSync(join(tmpdir(), 'apt-'))
const policy = join(dir, 'policy-rc.d')
const calls = join(dir, 'calls')
const aptGet = join(dir, 'apt-get')
const groups = [['one-server'], ['chromium']]

/** What plays apt-get: it has no Chromium, and writes down what it is asked and with which policy. */
const player = `#!/bin/sh
echo "$* $(grep -c 'exit 101' ${policy})" >>${calls}
case "$*" in *chromium*) echo "E: Unable to locate package chromium" >&2; exit 100 ;; esac
`
writeFileSync(aptGet, player, { mode: 0o755 })
beforeEach(() => {
  for (const file of [policy, calls]) rmSync(file, { force: true })
})
afterAll(() => rmSync(dir, { recursive: true }))

const install = (interrupted?: AbortSignal) => aptInstall(groups, { report() {}, policy, aptGet, interrupted })

test('a package that this system lacks takes no other with it, and services are not started meanwhile', async () => {
  expect(await install()).toEqual(['apt-get could not install chromium: E: Unable to locate package chromium'])
  const asked = (packages: string) => `install --yes --no-remove --no-install-recommends ${packages} 1`
  const all = asked('one-server chromium')
  const lines = readFileSync(calls, 'utf8').trimEnd().split('\n')
  expect(lines).toEqual([all, 'update 1', all, asked('one-server'), asked('chromium')])
  expect(existsSync(policy)).toBe(false)
})

test('nothing more is asked of apt-get once the start is interrupted', async () => {
  const interrupted = new AbortController()
  const installing = install(interrupted.signal)
  interrupted.abort(new Error('stopped before it was ready'))
  await expect(installing).rejects.toThrow('stopped before it was ready')
  expect(existsSync(calls) ? readFileSync(calls, 'utf8') : '').not.toContain('update')
  expect(existsSync(policy)).toBe(false)
})

test('the policy of a start that was killed is removed, and neither that of the machine nor that of a start that goes on', async () => {
  const ended = Bun.spawn(['true'])
  await ended.exited
  const ofStart = (pid: number) => `#!/bin/sh\n# shop-platform, process ${pid}: servers are installed\nexit 101\n`
  const isKept = (text: string) => {
    writeFileSync(policy, text)
    removeLeftPolicy(policy)
    return existsSync(policy)
  }
  expect([ofStart(ended.pid), ofStart(process.pid), '#!/bin/sh\nexit 101\n'].map(isKept)).toEqual([false, true, true])
  await install()
  expect(readFileSync(policy, 'utf8')).toBe('#!/bin/sh\nexit 101\n')
})
