import { relative } from 'node:path'
import { settings } from '#shared/config'
import { logFile, stackFolder } from './background'
import { demoCustomer } from './demo/people'
import { root } from './install'
import type { Stack } from './stack'

/** What a newcomer wants to know first. The administrator's password is shown once: later it may be another one. */
export function overview({ gateway, secrets }: Pick<Stack, 'gateway' | 'secrets'>, seconds: number, isFirstStart: boolean) {
  const [collection = 'none yet'] = new Bun.Glob('postman/*collection.json').scanSync(root)
  const data = relative(root, stackFolder)
  const password = isFirstStart ? secrets.ADMIN_PASSWORD : `the first password is ADMIN_PASSWORD in ${data}/secrets.json`
  const rows = [
    ['Shop', gateway],
    ['Admin', `${gateway}/admin`],
    ['Control room', `${gateway}/control`],
    ['Administrator', `${secrets.ADMIN_EMAIL}  ${password}`],
    ...(settings().integer('SEED_DEMO', 1) === 1 ? [['Customer', `${demoCustomer.email}  ${demoCustomer.password}`] as const] : []),
    ['API', `${gateway}/docs`],
    ['Postman', collection],
    ['Data', data],
    ['Log', relative(root, logFile)],
  ] as const
  const table = rows.map(([label, value]) => `  ${label.padEnd(15)}${value}`).join('\n')
  return `\nThe shop is open (${seconds.toFixed(1)} s)\n\n${table}\n`
}
