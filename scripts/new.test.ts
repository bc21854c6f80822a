import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { released, serviceInfo, serviceNames } from '#shared/platform'
import { root } from './install'
import { describeService } from './new/service'

const planned = serviceNames.filter(name => !released.some(one => one === name))

describe('a service that is asked for', () => {
  test('gets a port, a plural and a path of its own', () => {
    const { port, ...described } = describeService({ name: 'wish', store: 'mongodb' })
    expect(described).toEqual({
      name: 'wish',
      plural: 'wishes',
      resource: 'wishes',
      store: 'mongo',
      owns: 'notes about products',
      unknown: true,
    })
    expect(serviceNames.map(name => serviceInfo(name).port)).not.toContain(port)
  })

  test.each<readonly [string, Parameters<typeof describeService>[0], string]>([
    ['has a name with other letters', { name: 'wish-list', store: 'mysql' }, 'lower-case letters'],
    ['has the name of a keyword', { name: 'class', store: 'mysql' }, 'lower-case letters'],
    ['exists', { name: 'order', store: 'mysql' }, 'in services/order'],
    ['has no store', { name: 'wish' }, '--store mysql'],
    ['has an unknown store', { name: 'wish', store: 'postgres' }, 'not "postgres"'],
    ...planned.map(name => ['is planned with another path', { name, resource: 'stars' }, 'change it there'] as const),
    ['has the path of another', { name: 'wish', store: 'mysql', resource: 'orders' }, 'belongs to order'],
  ])('is refused if it %s', (_, request, reason) => {
    expect(() => describeService(request)).toThrow(reason)
  })
})

describe('a new service on each store, written into a copy of the project', () => {
  const copy = mkdtempSync(join(tmpdir(), 'shop-new-'))
  const services = { wish: 'mysql', survey: 'mongodb', visit: 'redis' }

  /** What a command wrote, if it failed. */
  const failureOf = async (...command: string[]) => {
    const child = Bun.spawn(command, { cwd: copy, stdout: 'pipe', stderr: 'pipe' })
    const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
    return code === 0 ? '' : `${out}${err}`
  }

  const bunTest = (...args: string[]) => [process.execPath, 'test', '--timeout=60000', ...args]
  const commands: Record<string, string[]> = {
    'has no fault of type': ['node_modules/.bin/tsc', '--noEmit'],
    'has no fault of style': ['node_modules/.bin/biome', 'check', '.'],
    // All but what a new service cannot change: the pages, what the client does, and the model of the saga, which takes the longest.
    'passes the tests that read the code, the manifests and the documents': bunTest(
      ...['**/{saga,sdk}/**', '**/{web,pages,control-room}.test.ts'].map(path => `--path-ignore-patterns=${path}`),
      './tests/checks/',
    ),
    'passes its own tests': bunTest(...Object.keys(services).map(name => `./services/${name}/`)),
  }
  const failures = new Map<string, Promise<string>>()

  beforeAll(async () => {
    const left = ['node_modules', '.git', '.data']
    for (const entry of readdirSync(root)) if (!left.includes(entry)) cpSync(join(root, entry), join(copy, entry), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    for (const [name, store] of Object.entries(services))
      expect(await failureOf(process.execPath, 'scripts/new.ts', name, '--store', store)).toBe('')
    // Side by side, since none needs another.
    for (const [title, command] of Object.entries(commands)) failures.set(title, failureOf(...command))
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  test.each(Object.keys(commands))('%s', async title => expect(await failures.get(title)).toBe(''), 240_000)

  test('is not written twice', async () => {
    expect(await failureOf(process.execPath, 'scripts/new.ts', 'wish')).toBe('there is a service wish already, in services/wish\n')
  })
})
