import { relative } from 'node:path'
import { stackFolder } from './background'
import { root } from './install'
import type { Stack } from './stack'

/** What a newcomer wants to know first. */
export function overview({ gateway, secrets }: Pick<Stack, 'gateway' | 'secrets'>, seconds: number) {
  const [collection = 'none yet'] = new Bun.Glob('postman/*collection.json').scanSync(root)
  const rows = [
    ['Gateway', gateway],
    ['Swagger', `${gateway}/docs`],
    ['Admin', `${secrets.ADMIN_EMAIL}  ${secrets.ADMIN_PASSWORD}`],
    ['Postman', collection],
    ['Data, logs', relative(root, stackFolder)],
  ]
  const table = rows.map(([what, where]) => `  ${what!.padEnd(12)}${where}`).join('\n')
  return `\nThe shop is open (${seconds.toFixed(1)} s)\n\n${table}\n`
}
