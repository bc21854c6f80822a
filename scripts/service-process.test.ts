import { afterAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { anyFreePort } from './ports'
import { startService } from './service-process'

const folder = mkdtempSync('/tmp/service-')
afterAll(() => rmSync(folder, { recursive: true }))
/** A shell script in the place of the executable. */
const executableOf = async (text: string) => {
  const path = join(folder, `${Bun.hash(text)}`)
  await Bun.write(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
  return path
}
/** What it logs, and why it does not start. */
const start = async (text: string, name = 'tax') => {
  const logged: string[] = []
  const onLog = (from: string, line: string) => void logged.push(`${from} ${line}`)
  const starting = startService({ executable: await executableOf(text), service: 'tax', name, port: anyFreePort(), env: {}, onLog })
  const { message } = await starting.then(
    () => expect.unreachable(),
    (error: Error) => error,
  )
  return { logged, message }
}

test('a service is named to the executable, runs in production, and its functions are compiled late', async () => {
  const { logged } = await start('echo $1 $NODE_ENV $BUN_JSC_thresholdForJITAfterWarmUp')
  expect(logged).toEqual(['tax tax production 5000'])
})

describe('a service that cannot start', () => {
  test('has its own name in the log', async () => {
    const { logged, message } = await start(`echo '{"level":"fatal","msg":"INTERNAL_KEY is not set"}'`, 'tax-2')
    expect(message).toBe('tax-2 did not start: the process ended')
    expect(logged).toEqual(['tax-2 {"level":"fatal","msg":"INTERNAL_KEY is not set"}'])
  })

  test('fails with the text of a crash', async () => {
    const { message } = await start('echo "error: no such file" >&2; exit 1')
    expect(message).toBe('tax did not start: the process ended\nerror: no such file')
  })
})
