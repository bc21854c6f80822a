import { describe, expect, test } from 'bun:test'
import { openApiOf } from '#shared/docs'
import { statusOf } from '#shared/errors'
import { released } from '#shared/platform'
import { errorRows } from '../../scripts/generate/problems'
import { filesIn, isTest, textOf } from './files'
import { appOf } from './services'

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
const rows = errorRows(textOf('docs/errors.md')).map(({ code, statuses }) => ({ name: code, statuses }))

/** Answered for an address or a request that is no operation, between services, or in the report of an import. */
const ofNoRoute = new Set([
  ...['not_found', 'method_not_allowed', 'page_not_found', 'request_timeout', 'length_required'],
  ...['range_not_satisfiable', 'not_implemented', 'invalid_internal_token', 'token_not_found'],
  ...['email_warning_not_found', 'order_not_sendable'],
  ...['invalid_csv', 'invalid_utf8', 'invalid_text', 'line_too_long'],
  'invalid_currency', // every route checks the currency of its input by its schema
])

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
    const known = new Set([...Object.values(statusOf), 408, 411, 414, 416, 431, 501])
    expect(rows.filter(({ statuses }) => !statuses.every(status => known.has(status)))).toEqual([])
  })

  test('has a route for each code, which lists it in its `problems`', async () => {
    const documents = await Promise.all(released.map(async service => openApiOf(await appOf(service), service)))
    const listed = new Set(matches(/- `(\w+)`: /g, JSON.stringify(documents).replaceAll('\\n', '\n')))
    const unlisted = rows.filter(({ name }) => /^\w+$/.test(name) && !listed.has(name) && !ofNoRoute.has(name))
    expect(unlisted.map(({ name }) => `name ${name} in the \`problems\` of the routes that answer it`)).toEqual([])
  })
})
