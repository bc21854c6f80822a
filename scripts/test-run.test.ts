import { describe, expect, spyOn, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '#shared/testing'
import { isAlive, member } from './state'
import { run, selectTests } from './test-run'

const nothing = { alone: [], patient: [], servers: [], gateway: [], faults: [] }

describe('a test run', () => {
  test('starts servers and the platform only for tests that need them', () => {
    const { alone, patient, servers, gateway, faults } = selectTests([])
    expect(alone).toContain('tests/checks/house.test.ts')
    expect(patient).toContain('scripts/start.test.ts')
    expect(patient).toContain('shared/service/outage.test.ts')
    expect(servers).toContain('services/cart/routes.test.ts')
    expect(gateway).toContain('tests/platform/journeys.test.ts')
    expect(faults).toContain('tests/faults/outages.test.ts')
    expect(selectTests(['tests/checks/'])).toEqual({ ...nothing, alone })
  })

  test('takes the files whose path has one of the given parts', () => {
    const expected = { ...nothing, alone: ['tests/checks/house.test.ts'], patient: ['scripts/test-run.test.ts'] }
    expect(selectTests(['./scripts/test-run', 'house'])).toEqual(expected)
    expect(selectTests(['no such file'])).toEqual(nothing)
  })

  test('holds the output of a command back until its end, if another writes meanwhile', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'test-run-'))
    const heldIn = join(dir, 'output')
    const said = spyOn(console, 'log').mockImplementation(() => {})
    const { signal } = new AbortController()
    expect(
      await run([process.execPath, '-e', 'console.log("one"); console.error("two"); process.exit(1)'], {}, { interrupted: signal, heldIn }),
    ).toBe(false)
    expect(said.mock.calls.at(-1)?.[0]).toEndWith('\none\ntwo\n')
    said.mockRestore()
    rmSync(dir, { recursive: true })
  })

  test.each(['interrupted', 'timed out'])('that is %s leaves no process, not even one in a group of its own', async how => {
    const dir = mkdtempSync(join(tmpdir(), 'test-run-'))
    const file = join(dir, 'pid')
    const [interrupted, late] = [new AbortController(), new AbortController()]
    const command = `const server = Bun.spawn(['sleep', '60'], { detached: true })
      await Bun.write(${JSON.stringify(file)}, String(server.pid))
      await Bun.sleep(60_000)`
    const running = run([process.execPath, '-e', command], {}, { interrupted: interrupted.signal }, late.signal)
    const result = running.catch((error: Error) => error.message)
    const server = member('server', await eventually(() => Number(readFileSync(file, 'utf8')) || undefined))
    expect(isAlive(server)).toBe(true)
    if (how === 'interrupted') interrupted.abort(new Error('interrupted'))
    else late.abort()
    expect(await result).toBe(how === 'interrupted' ? 'interrupted' : false)
    await eventually(() => !isAlive(server))
    rmSync(dir, { recursive: true })
  })
})
