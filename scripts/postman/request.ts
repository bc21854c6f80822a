/** A request of the collection: what is sent, what must come back, and what later requests need from the answer. */
export interface Request {
  name: string
  /** `POST /api/orders`, with `{{variables}}`. */
  send: string
  /** Whose access token is sent: the variable `<as>_token`. */
  as?: string
  headers?: Record<string, string>
  /** JSON, or the text of a file. `'{{#name}}'` is a variable that is a number. */
  body?: unknown
  file?: { type: string; text: string }
  about?: string
  status: number
  /** The `code` of the problem that must come back. */
  problem?: string
  /** Fields that the answer must have. */
  has?: readonly string[]
  /** Values that the answer must have, by path; a string may contain a `{{variable}}`. */
  is?: Record<string, unknown>
  /** Variables for later requests, and the paths of their values in the answer. */
  keep?: Record<string, string>
  /** The request is first repeated until this holds for its `body`, since other services follow a little later. */
  until?: string
  before?: readonly string[]
  after?: readonly string[]
}

export interface Folder {
  name: string
  about: string
  requests: readonly Request[]
}

/** How often a request with `until` is repeated, and the pause in between. */
const tries = 150
const pauseMs = 100

const at = (path: string) => `body${path.replace(/(?:^|\.)(\d+)/g, '[$1]').replace(/^(?!\[)/, '.')}`
const variable = /\{\{(\w+)\}\}/g
const quoted = (value: unknown) =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(value)

const expectation = ([path, value]: [string, unknown]) => {
  const title = quoted(`${path} is ${typeof value === 'string' ? value.replace(variable, '$1') : JSON.stringify(value)}`)
  if (typeof value !== 'string' || !value.includes('{{')) return `pm.test(${title}, () => pm.expect(${at(path)}).to.eql(${quoted(value)}))`
  return `pm.test(${title}, () => pm.expect(String(${at(path)})).to.eql(pm.variables.replaceIn(${quoted(value)})))`
}

const checks = ({ status, problem, has = [], is = {}, keep = {}, after = [] }: Request): string[] => {
  const values = Object.entries(is)
  const readsBody =
    problem !== undefined || has.length + values.length + Object.keys(keep).length > 0 || after.some(line => line.includes('body'))
  return [
    `pm.test('answers ${status}', () => pm.response.to.have.status(${status}))`,
    ...(status === 204 ? [`pm.test('has no body', () => pm.expect(pm.response.text()).to.eql(''))`] : []),
    ...(readsBody ? ['const body = pm.response.json()'] : []),
    ...(problem
      ? [
          `pm.test('is a problem: ${problem}', () => {`,
          `  pm.expect(pm.response.headers.get('content-type')).to.include('application/problem+json')`,
          `  pm.expect(body).to.include({ status: ${status}, code: '${problem}', request_id: pm.response.headers.get('x-request-id') })`,
          `})`,
        ]
      : []),
    ...(has.length > 0
      ? [`pm.test('has ${has.join(', ')}', () => pm.expect(body).to.include.all.keys(${has.map(quoted).join(', ')}))`]
      : []),
    ...values.map(expectation),
    ...Object.entries(keep).map(([name, path]) => `pm.collectionVariables.set('${name}', ${at(path)})`),
    ...after,
  ]
}

const pollingScript = (condition: string, as: string | undefined) => [
  `// Waits, ${(tries * pauseMs) / 1000} seconds at most, until: ${condition}`,
  `const url = pm.variables.replaceIn(pm.request.url.toString())`,
  `const header = { ${as ? `authorization: 'Bearer ' + pm.variables.get('${as}_token')` : ''} }`,
  `const ask = left => pm.sendRequest({ url, method: 'GET', header }, (error, answer) => {`,
  `  const isSo = body => ${condition}`,
  `  let done = false`,
  `  try { done = !error && isSo(answer.json()) } catch (_) {}`,
  `  if (!done && left > 0) setTimeout(() => ask(left - 1), ${pauseMs})`,
  `})`,
  `ask(${tries})`,
]

const script = (listen: 'prerequest' | 'test', lines: readonly string[]) =>
  lines.length === 0 ? [] : [{ listen, script: { type: 'text/javascript', exec: lines } }]

const bodyOf = ({ body, file }: Request) => {
  if (file) return { mode: 'raw', raw: file.text, options: { raw: { language: 'text' } } }
  if (body === undefined) return undefined
  const raw = JSON.stringify(body, null, 2).replace(/"\{\{#(\w+)\}\}"/g, '{{$1}}')
  return { mode: 'raw', raw, options: { raw: { language: 'json' } } }
}

const urlOf = (target: string) => {
  const [path = '', query] = target.split('?')
  const named = (query?.split('&') ?? []).map(pair => pair.split('='))
  return {
    raw: `{{base_url}}${target}`,
    host: ['{{base_url}}'],
    path: path.split('/').slice(1),
    ...(query && { query: named.map(([key, value]) => ({ key, value })) }),
  }
}

export const itemOf = (request: Request) => {
  const { name, send, as, headers = {}, body, file, about, until, before = [] } = request
  const [method, target = ''] = send.split(' ')
  const type = file?.type ?? (body === undefined ? undefined : 'application/json')
  const all = { ...(type && { 'content-type': type }), ...headers }
  const content = bodyOf(request)
  return {
    name,
    event: [...script('prerequest', [...(until ? pollingScript(until, as) : []), ...before]), ...script('test', checks(request))],
    request: {
      method,
      auth: as ? { type: 'bearer', bearer: [{ key: 'token', value: `{{${as}_token}}`, type: 'string' }] } : { type: 'noauth' },
      header: Object.entries(all).map(([key, value]) => ({ key, value })),
      url: urlOf(target),
      ...(content && { body: content }),
      ...(about && { description: about }),
    },
    response: [],
  }
}
