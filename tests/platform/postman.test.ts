import { describe, expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collection } from '../../scripts/postman/collection'
import { gateway } from './operations'

const root = join(import.meta.dir, '../..')
const pathOf = (name: string) => join(root, 'postman', name)
const env = { admin_email: String(Bun.env.ADMIN_EMAIL), admin_password: String(Bun.env.ADMIN_PASSWORD), base_url: gateway }

/** Reads what an answer 201 says was made, with the token or the cart of its request. A new account has neither yet. */
const readWhatWasMade = `if (pm.response.code === 201) {
  const location = pm.response.headers.get('location')
  const token = pm.request.auth?.type === 'bearer' && pm.request.auth.parameters().get('token')
  const cart = pm.response.headers.get('x-cart-id')
  const header = { ...(token && { authorization: 'Bearer ' + token }), ...(cart && { 'x-cart-id': cart }) }
  pm.sendRequest({ url: pm.variables.get('base_url') + location, method: 'GET', header }, (error, answer) =>
    pm.test('what was made can be read at its location, ' + location, () => pm.expect(answer?.code).to.eql(token || cart ? 200 : 401)))
}`

/** Runs the collection from top to bottom, and returns what failed. */
const runCollection = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'shop-newman-'))
  const [report, extended] = [join(dir, 'report.json'), join(dir, 'collection.json')]
  const given = Object.entries(env).flatMap(([key, value]) => ['--env-var', `${key}=${value}`])
  const readBack = { listen: 'test', script: { type: 'text/javascript', exec: readWhatWasMade.split('\n') } }
  await Bun.write(extended, JSON.stringify({ ...collection, event: [...collection.event, readBack] }))
  const files = [extended, '-e', pathOf('local.postman_environment.json')]
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

describe('the Postman collection', () => {
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
