import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { released, services } from '#shared/platform'
import { makeFolder } from './builds'
import { prepareServices } from './bundle'
import { root } from './install'
import { anyFreePort } from './ports'
import { startService } from './service-process'

// Outside of the project: a stack's folder may be anywhere.
const folder = join(mkdtempSync('/tmp/bundle-'), 'services')
const report: string[] = []
const prepare = () => prepareServices(folder, line => report.push(line))
afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }))

beforeAll(async () => {
  await makeFolder(folder, 'the hash of older sources', async unfinished => void (await Bun.write(join(unfinished, 'old.js'), '')))
  await prepare()
})

test('the bundle is made anew when the sources have changed, and only then', async () => {
  expect(await Bun.file(join(folder, 'old.js')).exists()).toBe(false)
  await prepare()
  expect(report).toEqual([expect.stringMatching(/^services {3}built in \d+\.\d s$/)])
})

test('an error of a bundled service names the lines of the sources', async () => {
  const logged: string[] = []
  const instance = { from: folder, service: 'tax', name: 'tax', port: anyFreePort(), env: { PATH: process.env.PATH } } as const
  await expect(startService({ ...instance, onLog: (_, line) => logged.push(line) })).rejects.toThrow('the process ended')
  const { err, msg } = JSON.parse(logged.join('\n'))
  expect(msg).toStartWith('INTERNAL_KEY is not set')
  expect(err.stack.split('\n')).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`at readConfig (${root}/shared/config.ts:`),
      expect.stringContaining(`${root}/services/tax/main.ts:`),
    ]),
  )
})

/** What a file reads when it is loaded: itself and all that it imports, but not what it imports on demand. */
const readBy = async (file: string, seen = new Map<string, string>()) => {
  if (seen.has(file)) return seen
  const text = await Bun.file(file).text()
  seen.set(file, text)
  const imports = new Bun.Transpiler({ loader: 'js' }).scanImports(text)
  for (const { kind, path } of imports)
    if (kind === 'import-statement' && path.startsWith('.')) await readBy(join(dirname(file), path), seen)
  return seen
}

test('a bundled service reads the driver of its own store, and no other', async () => {
  const drivers = { mongo: 'class MongoClient ', mysql: 'class PoolConnection ' }
  const found = released.map(async service => {
    const read = [...(await readBy(join(folder, 'services', service, 'main.js'))).values()].join()
    return [service, Object.entries(drivers).flatMap(([store, text]) => (read.includes(text) ? [store] : []))]
  })
  expect(await Promise.all(found)).toEqual(released.map(service => [service, [services[service].store].filter(store => store in drivers)]))
})
