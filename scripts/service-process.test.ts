import { describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install'
import { anyFreePort } from './ports'
import { startService } from './service-process'

test('a service runs in production, and its functions are compiled late', async () => {
  const from = mkdtempSync('/tmp/service-')
  await Bun.write(join(from, 'services/tax/main.js'), 'console.log(process.env.NODE_ENV, process.env.BUN_JSC_thresholdForJITAfterWarmUp)')
  const logged: string[] = []
  const start = startService({ from, service: 'tax', name: 'tax', port: anyFreePort(), env: {}, onLog: (_, line) => logged.push(line) })
  await expect(start).rejects.toThrow('the process ended')
  expect(logged).toEqual(['production 5000'])
  rmSync(from, { recursive: true })
})

describe('a service that cannot start', () => {
  test('logs the reason, which names the missing setting', async () => {
    const logged: string[] = []
    const instance = { from: root, service: 'tax', name: 'tax-2', port: anyFreePort() } as const
    const start = startService({ ...instance, env: { PATH: process.env.PATH }, onLog: (name, line) => logged.push(`${name} ${line}`) })
    await expect(start).rejects.toThrow('tax-2 did not start: the process ended')
    expect(logged).toEqual([expect.stringMatching(/^tax-2 \{"level":"fatal".*"msg":"INTERNAL_KEY is not set/)])
  })

  test('fails with the text of a crash', async () => {
    const instance = { from: root, service: 'tax', name: 'tax', port: anyFreePort() } as const
    const env = { PATH: process.env.PATH, BUN_OPTIONS: '--preload ./no-such-file.ts' }
    await expect(startService({ ...instance, env, onLog: () => {} })).rejects.toThrow(
      /^tax did not start: the process ended\n(.*\n)*.*no-such-file/,
    )
  })
})
