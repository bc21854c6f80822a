import { relative } from 'node:path'
import { settings } from '#shared/config'
import { logFile, stackFolder } from './background'
import { demoCustomer } from './demo/people'
import { root } from './install'
import type { Stack } from './stack'

/** What a newcomer wants to know first. */
export function overview({ gateway, secrets }: Pick<Stack, 'gateway' | 'secrets'>, seconds: number) {
  const [collection = 'none yet'] = new Bun.Glob('postman/*collection.json').scanSync(root)
  const rows = [
    ['Shop', gateway],
    ['Admin', `${gateway}/admin`],
    ['Control room', `${gateway}/control`],
    ['Administrator', `${secrets.ADMIN_EMAIL}  ${secrets.ADMIN_PASSWORD}`],
    ...(settings().integer('SEED_DEMO', 1) === 1 ? [['Customer', `${demoCustomer.email}  ${demoCustomer.password}`] as const] : []),
    ['API', `${gateway}/docs`],
    ['Postman', collection],
    ['Data', relative(root, stackFolder)],
    ['Log', relative(root, logFile)],
  ] as const
  const table = rows.map(([label, value]) => `  ${label.padEnd(15)}${value}`).join('\n')
  return `\nThe shop is open (${seconds.toFixed(1)} s)\n\n${table}\n`
}
