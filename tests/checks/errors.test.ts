import { describe, expect, test } from 'bun:test'
import { statusOf } from '#shared/errors'
import { filesIn, isTest, textOf } from './files'

const files = ['services', 'shared'].flatMap(folder => filesIn(folder)).filter(file => !isTest(file))
const code = files.map(textOf).join('\n')
const matches = (pattern: RegExp, text = code) => [...text.matchAll(pattern)].map(([, found = '']) => found)

/** Every way in which the services and Nginx give an error its code. */
const found = [
  ...matches(/\b(?:invalid|conflict|unauthenticated|tooMany|unavailable)\(\s*['`]([^'`]+)['`]/g),
  ...matches(/new AppError\(\s*'\w+',\s*'(\w+)'/g),
  ...matches(/\bnotFound\(\s*'(\w+)'/g).map(what => `${what}_not_found`),
  ...matches(/^\s+(?:\d{3}|default) (\w+);$/gm, /map \$status \$problem_code \{[^}]*\}/.exec(textOf('gateway/nginx.conf'))?.[0]),
  'forbidden',
]
/** `${name}_unavailable` stands as `<name>_unavailable` in the documentation. */
const codes = [...new Set(found.map(name => name.replace(/\$\{(\w+)\}/g, '<$1>')))]
const rows = [...textOf('docs/errors.md').matchAll(/^\| `([^`]+)` \| ([\d, ]+) \|/gm)].map(([, name = '', statuses = '']) => ({
  name,
  statuses: statuses.split(', ').map(Number),
}))

describe('docs/errors.md', () => {
  test('has a row for every code of the services and the gateway', () => {
    const missing = codes.filter(name => !rows.some(row => row.name === name))
    expect(missing.map(name => `say in docs/errors.md what ${name} means`)).toEqual([])
  })

  test('has each code once, and none that nobody answers', () => {
    const names = rows.map(({ name }) => name)
    const gone = names.filter(name => !codes.includes(name))
    expect(gone.map(name => `delete ${name} from docs/errors.md: nothing answers it any more`)).toEqual([])
    const twice = names.filter((name, at) => names.indexOf(name) !== at)
    expect(twice.map(name => `docs/errors.md has ${name} more than once`)).toEqual([])
  })

  test('gives each code statuses that exist', () => {
    const known = new Set([...Object.values(statusOf), 408, 411, 416, 501])
    expect(rows.filter(({ statuses }) => !statuses.every(status => known.has(status)))).toEqual([])
  })
})
