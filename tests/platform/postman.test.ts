import { describe, expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collection, postmanFiles, written } from '../../scripts/postman/collection'
import { gateway, type Operation, operations } from './operations'

const root = join(import.meta.dir, '../..')
const pathOf = (name: string) => join(root, 'postman', name)
const env = { admin_email: String(Bun.env.ADMIN_EMAIL), admin_password: String(Bun.env.ADMIN_PASSWORD), base_url: gateway }

/** Runs the collection from top to bottom, and returns what failed. */
const runCollection = async () => {
  const report = join(mkdtempSync(join(tmpdir(), 'shop-newman-')), 'report.json')
  const given = Object.entries(env).flatMap(([key, value]) => ['--env-var', `${key}=${value}`])
  const files = [pathOf('shop.postman_collection.json'), '-e', pathOf('local.postman_environment.json')]
  const command = [process.execPath, '--bun', join(root, 'node_modules/newman/bin/newman.js'), 'run', ...files, ...given]
  const child = Bun.spawn([...command, '--reporters', 'json', '--reporter-json-export', report], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 100_000,
  })
  await child.exited
  const { run } = await Bun.file(report).json()
  const failures = run.failures.map(
    ({ parent, source, error }: Record<string, Record<string, string>>) =>
      `${parent?.name} / ${source?.name}: ${error?.test}: ${error?.message}`,
  )
  return { failures, requests: run.stats.items.total, assertions: run.stats.assertions.total }
}

const requests = collection.item.flatMap(({ item }) => item)
const routeOf = ({ request }: (typeof requests)[number]) =>
  `${request.method} /${request.url.path.join('/')}`.replace('/api/v1/', '/api/').replace(/\{\{\w+\}\}/g, '{}')

/** The gateway's own paths, which no service documents. */
const gatewayRoutes = ['GET /health', 'GET /health/services']

/** The documented operation that a request calls: of several that match, the one with the fewest parameters. */
const operationOf = (route: string, all: readonly Operation[]) =>
  all
    .filter(({ name }) => new RegExp(`^${name.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(route))
    .sort((a, b) => a.pathParameters.length - b.pathParameters.length)[0]?.name

describe('the Postman collection', () => {
  test.each(Object.entries(postmanFiles))('%s is up to date (if not: bun scripts/postman/write.ts)', async (name, content) => {
    expect((await Bun.file(pathOf(name)).text()) === written(content)).toBe(true)
  })

  test('has every documented route, and no others', async () => {
    const all = await operations()
    const routes = requests.map(routeOf).filter(route => !gatewayRoutes.includes(route))
    expect(routes.filter(route => operationOf(route, all) === undefined)).toEqual([])
    const shown = new Set(routes.map(route => operationOf(route, all)))
    expect(all.map(({ name }) => name).filter(name => !shown.has(name))).toEqual([])
  })

  test('gives each request of a folder a name of its own', () => {
    const names = collection.item.flatMap(folder => folder.item.map(({ name }) => `${folder.name} / ${name}`))
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  test.each(['for the first time', 'again'])(
    'runs from top to bottom %s',
    async () => {
      const { failures, ...ran } = await runCollection()
      expect(failures).toEqual([])
      expect(ran.requests).toBe(requests.length)
      expect(ran.assertions).toBeGreaterThan(requests.length)
    },
    120_000,
  )
})
