import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../install'

/** The rows of docs/errors.md: every code with its statuses and what it means. */
export const errorRows = (text: string) =>
  [...text.matchAll(/^\| `([^`]+)` \| ([\d, ]+) \| (.*) \|$/gm)].map(([, code = '', statuses = '', means = '']) => ({
    code,
    statuses: statuses.split(', ').map(Number),
    means,
  }))

/** The codes that a route can declare. Codes such as `<callee>_unavailable` stand for several. */
export const problems = (): string => {
  const rows = errorRows(readFileSync(join(root, 'docs/errors.md'), 'utf8')).filter(({ code }) => /^\w+$/.test(code))
  return `${JSON.stringify(Object.fromEntries(rows.map(({ code, statuses, means }) => [code, { statuses, means }])), null, 1)}\n`
}
