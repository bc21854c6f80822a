import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { statusOf } from '#shared/errors'

const root = join(import.meta.dir, '../..')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
const files = [...new Bun.Glob('{services,shared}/**/*.ts').scanSync(root)].filter(file => !/(\.test|\/testing[\w-]*)\.ts$/.test(file))
const code = files.map(textOf).join('\n')

const all = (pattern: RegExp, text = code) => [...text.matchAll(pattern)].map(([, found = '']) => found)
/** Every way in which the services and Nginx give an error its code. */
const answered = new Set([
  ...all(/\b(?:invalid|conflict|unauthenticated|tooMany|unavailable)\(\s*['`]([^'`]+)['`]/g),
  ...all(/new AppError\(\s*'\w+',\s*'(\w+)'/g),
  ...all(/\bnotFound\(\s*'(\w+)'/g).map(what => `${what}_not_found`),
  ...all(/^\s+(?:\d{3}|default) (\w+);$/gm, /map \$status \$problem_code \{[^}]*\}/.exec(textOf('gateway/nginx.conf'))?.[0]),
  'forbidden',
])
const plain = (name: string) => name.replace(/\$\{(\w+)\}/g, '<$1>')
const told = all(/^\| `([^`]+)` \|/gm, textOf('docs/errors.md'))

describe('docs/errors.md', () => {
  test('tells every code that is answered, and no other', () => {
    expect(told.toSorted()).toEqual([...answered].map(plain).sort())
  })

  test('gives each code a status there is', () => {
    const statuses = all(/^\| `[^`]+` \| ([\d, ]+) \|/gm, textOf('docs/errors.md')).flatMap(list => list.split(', ').map(Number))
    const known = new Set<number>([...Object.values(statusOf), 405, 408, 411, 416, 501])
    expect(statuses.filter(status => !known.has(status))).toEqual([])
    expect(statuses.length).toBeGreaterThanOrEqual(told.length)
  })
})
