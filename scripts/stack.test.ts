import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '#shared/testing'
import { takeLock } from './lock'
import { startStack } from './stack'
import { end, isAlive, member, writeState } from './state'

const home = mkdtempSync(join(tmpdir(), 'stack-'))
afterAll(() => rmSync(home, { recursive: true }))

/** Below those from which the system takes ports for connections. */
const portBase = Number(process.env.TEST_PORT_BASE ?? 28_000) + 100

/** Interrupted before its first server: it ends only what an earlier start left. */
const begin = (dir: string, fresh: boolean) =>
  startStack({
    ...{ dir, fresh, portBase, install: false, withPlatform: false, env: {} },
    ...{ report: () => {}, onLog: () => {}, interrupted: AbortSignal.abort(new Error('interrupted')) },
  })

test('of two starts at once, the second is refused and touches nothing, and the folder is free after the first', async () => {
  const dir = mkdtempSync(join(home, 'twice-'))
  const slow = Bun.spawn(['sh', '-c', 'trap "sleep 1; exit" TERM; echo; while :; do sleep 0.1; done'], { stdout: 'pipe' })
  await slow.stdout.getReader().read()
  writeState(dir, {
    launcher: { name: 'launcher', pid: 1, born: 'long ago' },
    ready: true,
    summary: '',
    members: [member('slow', slow.pid)],
  })
  writeFileSync(join(dir, 'data'), 'of the shop')
  const first = begin(dir, false)
  await expect(begin(dir, true)).rejects.toThrow('has just begun')
  expect(existsSync(join(dir, 'data'))).toBe(true)
  await expect(first).rejects.toThrow('interrupted')
  expect(slow.exitCode).not.toBeNull()
  await expect(begin(dir, true)).rejects.toThrow('interrupted')
})

test('a lock is held until its owner ends, even if that is killed', async () => {
  const file = join(home, 'lock')
  const code = `import { takeLock } from '${import.meta.dir}/lock'
    console.log(takeLock('${file}') !== undefined)
    Bun.gc(true)
    setInterval(() => {}, 1000)`
  const owner = Bun.spawn([process.execPath, '-e', code], { stdout: 'pipe' })
  const { value } = await owner.stdout.getReader().read()
  expect(new TextDecoder().decode(value)).toBe('true\n')
  expect(takeLock(file)).toBeUndefined()
  owner.kill('SIGKILL')
  const release = await eventually(() => takeLock(file))
  expect(takeLock(file)).toBeUndefined()
  release()
  expect(takeLock(file)).toBeDefined()
})

test('who may not take a lock learns which file is in the way', () => {
  const file = join(home, 'of-nobody', 'lock')
  expect(() => takeLock(file)).toThrow(`${file} cannot be written. Does it belong to another user`)
})

test('a process that ends while others are ended is no error, and one that does not listen is gone afterwards', async () => {
  const gone = Bun.spawn(['true'])
  const one = member('gone', gone.pid)
  await gone.exited
  await end(one, 1000)
  const deaf = Bun.spawn(['sh', '-c', 'trap "" TERM; echo; while :; do sleep 0.1; done'], { stdout: 'pipe' })
  await deaf.stdout.getReader().read()
  const other = member('deaf', deaf.pid)
  await end(other, 100)
  expect(isAlive(other)).toBe(false)
})
