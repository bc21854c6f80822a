import { expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingMessage } from './obtain'
import { linkIfItRuns, unlessAborted } from './obtain-mongo'

const containers = 'docker compose -f docker-compose.simple.yml up'

test('who lacks a server learns how to install it, to use another, and to do without', () => {
  expect(missingMessage(['redis', 'mongo'], ['--no-install was given, so nothing was installed.'])).toBe(`\
Missing on this machine: Redis, MongoDB.
--no-install was given, so nothing was installed.
You can:
  - install what is missing, for instance: sudo apt-get install redis-server
  - use one of your own: set REDIS_URL, MONGO_URL (in the environment or in .env)
  - run the platform in containers: ${containers}`)
  expect(missingMessage(['nginx', 'chromium'], [])).toContain(containers)
})

test('who has no package of Chromium, as on Ubuntu, learns how to name another browser', () => {
  expect(missingMessage(['chromium'], [])).toContain('use one of your own: set CHROMIUM_PATH')
})

test.each([['wrk'], ['chromium']] as const)('containers do not help who lacks %s, which the platform does not need', name => {
  expect(missingMessage([name], [])).not.toContain('docker')
})

test('a MongoDB that was fetched is used only if it runs on this machine', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mongod-'))
  const link = join(dir, 'mongod')
  const program = (name: string, text: string) => {
    const path = join(dir, name)
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    return path
  }
  const running = program('running', 'echo "db version v8.2.6"')
  linkIfItRuns(running, link)
  linkIfItRuns(running, link)
  expect(readlinkSync(link)).toBe(running)
  const broken = program('broken', 'echo "libcurl.so.4: cannot open shared object file" >&2; exit 127')
  expect(() => linkIfItRuns(broken, link)).toThrow('does not run here (libcurl.so.4: cannot open shared object file)')
  expect(() => linkIfItRuns(program('illegal', 'kill -ILL $$'), link)).toThrow('does not run here (SIGILL)')
  expect(() => linkIfItRuns(program('silent', 'exit 3'), link)).toThrow('does not run here (exit code 3)')
  expect(existsSync(link)).toBe(false)
  rmSync(dir, { recursive: true })
})

test('Ctrl-C does not wait for the end of a download', async () => {
  const interrupted = new AbortController()
  const waiting = unlessAborted(new Promise(() => {}), interrupted.signal)
  interrupted.abort(new Error('stopped before it was ready'))
  await expect(waiting).rejects.toThrow('stopped before it was ready')
  expect(await unlessAborted(Promise.resolve('whole'), new AbortController().signal)).toBe('whole')
})
