import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { released, services } from '#shared/platform'
import { makeFolder } from './builds'
import { bundling, executableIn, prepareServices } from './executable'
import { anyFreePort } from './ports'
import { startService } from './service-process'

// Outside of the project: a stack's folder may be anywhere.
const dir = mkdtempSync('/tmp/executable-')
const executable = executableIn(dir)
const report: string[] = []
const prepare = () => prepareServices(dir, line => report.push(line))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

beforeAll(async () => {
  const outdated = async (unfinished: string) => void (await Bun.write(join(unfinished, 'old'), ''))
  await makeFolder(dirname(executable), 'the hash of older sources', outdated)
  await prepare()
})

test('the executable is made anew when the sources or Bun have changed, and only then', async () => {
  expect(readdirSync(dirname(executable)).sort()).toEqual(['hash', basename(executable)])
  expect(readFileSync(join(dirname(executable), 'hash'), 'utf8')).toEndWith(` ${Bun.revision}`)
  expect(await prepare()).toBe(executable)
  expect(report).toEqual([expect.stringMatching(/^services {3}built in \d+\.\d s$/)])
})

test('an error of a service names the lines of the sources', async () => {
  const logged: string[] = []
  const instance = { executable, service: 'tax', name: 'tax', port: anyFreePort(), env: { PATH: process.env.PATH } } as const
  await expect(startService({ ...instance, onLog: (_, line) => logged.push(line) })).rejects.toThrow('the process ended')
  const { err, msg } = JSON.parse(logged.join('\n'))
  expect(msg).toStartWith('INTERNAL_KEY is not set')
  expect(err.stack).toMatch(/at readConfig \(shared\/config\.ts:\d+:\d+\)\n(.*\n)*.*scripts\/service\.ts:\d+:\d+/)
})

const outputOf = async (args: string[], env: Record<string, string> = {}) => {
  const child = Bun.spawn([executable, ...args], { cwd: dir, env, stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  return { out, err, code }
}

test('what the executable runs is named by its argument or by SERVICE', async () => {
  const started = async (...given: Parameters<typeof outputOf>) => {
    const { out, code } = await outputOf(...given)
    const { service, msg } = JSON.parse(out.split('\n')[0] ?? '')
    return { service, msg, code }
  }
  const refused = { msg: expect.stringContaining('INTERNAL_KEY is not set'), code: 1 }
  expect(await started(['order'])).toEqual({ service: 'order', ...refused })
  expect(await started([], { SERVICE: 'cart' })).toEqual({ service: 'cart', ...refused })
  expect(await started(['all'])).toEqual({ service: expect.any(String), ...refused })
  expect(await outputOf(['orders'])).toEqual({
    ...{ out: '', code: 1 },
    err: `Name the service to run, as the argument or in SERVICE: all, ${released.join(', ')}.\n`,
  })
})

test('the executable reads no .env beside it, which may contain the secrets of all services', async () => {
  await Bun.write(join(dir, '.env'), `INTERNAL_KEY=${'k'.repeat(40)}`)
  expect((await outputOf(['tax'])).out).toContain('INTERNAL_KEY is not set')
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

test('a service reads the driver of its own store, and no other', async () => {
  const files = join(dir, 'files')
  expect((await Bun.build({ ...bundling(), outdir: files })).success).toBe(true)
  const drivers = { mongo: 'class MongoClient ', mysql: 'class PoolConnection ' }
  const found = released.map(async service => {
    const read = [...(await readBy(join(files, 'services', service, 'main.js'))).values()].join()
    return [service, Object.entries(drivers).flatMap(([store, text]) => (read.includes(text) ? [store] : []))]
  })
  expect(await Promise.all(found)).toEqual(released.map(service => [service, [services[service].store].filter(store => store in drivers)]))
})
