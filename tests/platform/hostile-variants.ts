import type { Operation } from './operations'

/** A hostile request, and what is wrong with it. */
export interface Variant {
  what: string
  path: string
  method: string
  headers: Record<string, string>
  body?: BodyInit
}

/** Part of every text that is sent: an answer that refuses the request must not repeat it. */
export const marker = 'zq7marker7qz'
const m = marker

/** Texts that have broken other software. */
const texts = [
  '',
  ' ',
  m,
  `${m}\u0000`,
  `' OR '1'='1' -- ${m}`,
  `"; DROP TABLE users; -- ${m}`,
  `1 UNION SELECT ${m}`,
  `{"$ne":null,"x":"${m}"}`,
  `\${7*7}${m}`,
  `{{7*7}}${m}`,
  `<script>${m}</script>`,
  `../../../../etc/passwd${m}`,
  `..\\..\\${m}`,
  `%00${m}`,
  `%2e%2e%2f${m}`,
  `\r\nX-Injected: ${m}`,
  `\u202e${m}\u2066`,
  `\u200b\ufeff${m}`,
  `${m}${'\u0301'.repeat(200)}`,
  `ﬀİıß${m}`,
  `👩‍👩‍👧‍👦${m}`,
  `${m}\ud800`,
  `__proto__${m}`,
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-1',
  '-0',
  '1e309',
  '0x7fffffff',
  '9007199254740993',
  '99999999999999999999999999',
  '1.5',
  'null',
  'true',
  '2024-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  m.repeat(30),
  m.repeat(500),
]

/** Values for a field of a body: of other types, and beyond the bounds of the right one. */
const values: unknown[] = [
  ...texts,
  null,
  true,
  0,
  -1,
  1.5,
  0.1 + 0.2,
  -(2 ** 31),
  2 ** 31,
  2 ** 53,
  1e21,
  1e308,
  -1e308,
  5e-324,
  [],
  [[]],
  [null],
  [m],
  {},
  { $ne: null },
  { $gt: '' },
  { $where: `sleep(5000) || '${m}'` },
  { $regex: '^(a+)+$' },
  { length: 1e9 },
  { toString: m, valueOf: m },
  { constructor: { prototype: { admin: true } } },
]

/** Whole bodies. */
const bodies: [string, () => BodyInit][] = [
  ['nothing', () => ''],
  ['null', () => 'null'],
  ['a list', () => '[]'],
  ['a text', () => `"${m}"`],
  ['a number', () => '1e999'],
  ['no JSON', () => `{"${m}`],
  ['two documents', () => '{}{}'],
  ['NaN', () => '{"a":NaN}'],
  ['a comment', () => '{/**/}'],
  ['a byte order mark', () => '\ufeff{}'],
  ['no UTF-8', () => new Uint8Array([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
  ['UTF-16', () => new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
  ['NUL in a key', () => `{"a\\u0000${m}":1}`],
  ['__proto__', () => `{"__proto__":{"role":"admin","x":"${m}"}}`],
  ['constructor.prototype', () => '{"constructor":{"prototype":{"role":"admin"}}}'],
  ['40 levels', () => `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
  ['50,000 levels', () => '['.repeat(50_000)],
  ['100,000 items', () => `[${'1,'.repeat(99_999)}1]`],
  ['20,000 fields', () => `{${Array.from({ length: 20_000 }, (_, n) => `"<${m}${n}>":1`).join()}}`],
  ['2 MiB', () => `{"a":"${m.repeat(180_000)}"}`],
]

const header = (name: string, ...contents: string[]) => contents.map((content): [string, string] => [name, content])
const headers: [string, string][] = [
  ...header('x-request-id', `<${m}>`, m.repeat(50), `${m} ${m}`),
  ...header('traceparent', m, `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, 'ff-x-y-z'),
  ...header('x-user-id', '1', `${m}`),
  ...header('x-user-role', 'admin'),
  ...header('x-forwarded-for', m, '127.0.0.1, ::1', `${m},`.repeat(100)),
  ...header('forwarded', `for="${m}"`),
  ...header('x-cart-id', `../${m}`, m.repeat(100)),
  ...header('idempotency-key', m.repeat(100), `'; -- ${m}`),
  ...header('if-match', m, `"${m}"`, '"-1"', '"99999999999999999999"', '*, *', 'W/"'),
  ...header('if-none-match', m, '*', '"'.repeat(1000), `W/"${m}"`),
  ...header('accept', m, 'image/png', '*/*;q=nan'),
  ...header('accept-language', `${m};q=1`, '*'.repeat(500)),
  ...header('range', 'bytes=0-0', `bytes=-${m}`),
  ...header('cookie', `a=${m}; __proto__=1`, ';;;=;'),
  ...header('origin', `http://${m}.example`),
  ...header('x-http-method-override', 'DELETE'),
  ...header('x-original-url', '/internal/stock', `/${m}`),
  ...header('expect', m),
  ...header('user-agent', m.repeat(200)),
]
const wrongTypes = ['text/plain', 'application/xml', 'multipart/form-data', `application/${m}`, 'application/json; charset=utf-7', '']
const badTokens = [
  m,
  'Bearer',
  `Bearer ${m}`,
  `Bearer ${m}.${m}.${m}`,
  `Bearer ${m.repeat(500)}`,
  `Basic ${btoa(`${m}:${m}`)}`,
  'Bearer a.b.c, Bearer a.b.c',
]

/** `encodeURIComponent` refuses half a surrogate pair, so its bytes stand here. */
const encode = (text: string) => (text.isWellFormed() ? encodeURIComponent(text) : `${m}%ED%A0%80`)

/** Routes that hash a password answer 503 to too many requests at once, so they get fewer variants, a few at a time. */
export const hashesPasswords = ({ path }: Operation) => /register|login|password/.test(path)

/** The requests that a route is tried with: well over a hundred, the same in every run. */
export const variantsOf = (
  operation: Operation,
  path: (change?: Record<string, string>) => string,
  authorization: Record<string, string>,
) => {
  const { method, body, pathParameters, queryParameters } = operation
  const example = typeof body?.example === 'object' && body.example !== null ? { ...body.example } : {}
  const right = body && (typeof body.example === 'string' ? body.example : JSON.stringify(body.example))
  const base = {
    method,
    path: path(),
    headers: { ...authorization, ...(body && { 'content-type': body.type }) },
    ...(right !== undefined && { body: right }),
  }
  const found: Variant[] = []
  const add = (what: string, change: Partial<Variant>) =>
    void found.push({ ...base, ...change, what, headers: { ...base.headers, ...change.headers } })
  const addQuery = (what: string, query: string) => add(what, { path: `${base.path}?${query}` })

  for (const [name, content] of headers) add(`${name}: ${content.slice(0, 40)}`, { headers: { [name]: content } })
  for (const token of badTokens) add(`authorization: ${token.slice(0, 40)}`, { headers: { authorization: token } })
  for (const name of pathParameters)
    for (const text of texts.filter(text => text.trim() !== ''))
      add(`{${name}} = ${text.slice(0, 40)}`, { path: path({ [name]: encode(text) }) })
  for (const name of [...queryParameters, `<${m}>`])
    for (const text of texts) addQuery(`?${name} = ${text.slice(0, 40)}`, `${encode(name)}=${encode(text)}`)
  for (const query of [
    '__proto__=1',
    'constructor[prototype][x]=1',
    '%ff=1',
    'a=%zz',
    '&&==&',
    `limit[$gt]=1`,
    'limit=1&limit=2',
    `q=${m.repeat(500)}`,
  ])
    addQuery(`?${query.slice(0, 40)}`, query)
  for (const end of [
    '/%2e%2e%2finternal',
    '/..%2f..%2finternal',
    `/${m}/${m}`,
    `%00${m}`,
    '%ff',
    `;${m}=1`,
    '%2f',
    '%5c',
    `//${m}`,
    '/%252e%252e/',
    '~',
    `/${m.repeat(300)}`,
  ])
    add(`path${end.slice(0, 40)}`, { path: base.path + end })
  if (method !== 'GET')
    for (const [what, content] of bodies) add(`body: ${what}`, { headers: { 'content-type': 'application/json' }, body: content() })
  if (!body) return found

  const of = (change: object) => JSON.stringify({ ...example, ...change })
  for (const type of wrongTypes) add(`content-type: ${type}`, { headers: { 'content-type': type } })
  add('content-encoding: gzip', { headers: { 'content-encoding': 'gzip' }, body: Bun.gzipSync(of({})) })
  for (const name of Object.keys(example)) {
    for (const value of values) add(`${name} = ${JSON.stringify(value).slice(0, 40)}`, { body: of({ [name]: value }) })
    add(`${name}: 100,000 items`, { body: of({ [name]: Array(100_000).fill(1) }) })
    add(`${name}: 300,000 letters`, { body: of({ [name]: m.repeat(25_000) }) })
    add(`without ${name}`, { body: of({ [name]: undefined }) })
  }
  for (const name of ['role', 'id', 'user_id', 'is_admin', '$set', `<${m}>`])
    add(`unknown field ${name}`, { body: of({ [`${name} `]: m }) })
  return hashesPasswords(operation) ? found.filter((_, n) => n % 2 === 0 || n % 7 === 0) : found
}
