import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import { tooMany, unavailable } from '../errors'
import { booleanText, closed, decimalText, IdParam, integerText, Problem, t, text } from '../schema'
import { testHttp } from '../testing/http'

const { http, as, failures } = await testHttp('order')
const customer = await as(7)

const Ok = { 200: t.Object({ ok: t.Unknown() }) }
const person = closed({ name: text(20, 'Ann'), age: t.Integer({ minimum: 0, maximum: 150 }) })
const query = closed({
  limit: integerText({ minimum: 1, maximum: 100, default: 20 }),
  price: t.Optional(decimalText()),
  in_stock: t.Optional(booleanText()),
  q: t.Optional(t.String({ maxLength: 100 })),
})
/** A handler that goes wrong in a way. */
const failing = (error: unknown) => (): { ok: unknown } => {
  throw error
}
const refused = Object.assign(new Error('db-7.internal:3306'), { code: 'ECONNREFUSED' })

const app = http('/api/things')
  .get('/auth/:id', ({ user }) => ({ ok: user.id }), { auth: true, params: IdParam, response: Ok })
  .get('/list', ({ query }) => ({ ok: query }), { public: true, query, response: Ok })
  .post('/', ({ body }) => ({ ok: body.name }), { public: true, body: person, response: Ok })
  .get('/liar', () => JSON.parse('{"ok":{"secret":"s3cr3t"}}'), { public: true, response: { 200: t.Object({ ok: t.Integer() }) } })
  .get('/broken', failing(new TypeError('undefined is no property')), { public: true, response: Ok })
  .get('/down', failing(unavailable('store_down', 'Later.')), { public: true, response: Ok })
  .get('/lost', failing(refused), { public: true, response: Ok })
  .get('/often', failing(tooMany('slow_down', 'Wait.', 30.2)), { public: true, response: Ok })

const ask = async (path: string, init: RequestInit = {}) => {
  const response = await app.handle(new Request(`http://localhost/api/things${path}`, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined }
}
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
describe('the faults of an input', () => {
  test('are all listed, each with its path', async () => {
    const { json } = await post('/', '{"name": "", "age": 151, "extra": 1}')
    expect(json.code).toBe('invalid_input')
    expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['/age', '/extra', '/name'])
    for (const { message } of json.errors) expect(message).toMatch(/\w/)
  })

  test('never repeat the input, except a path that could be the name of a field', async () => {
    const marker = 'm4rk3r'
    const { text, json } = await post('/', JSON.stringify({ name: { [`$${marker}`]: marker }, age: marker, [`<${marker}>`]: marker }))
    expect(json.status).toBe(400)
    expect(text).not.toContain(marker)
    for (const path of [`/auth/${marker}`, `/list?limit=${marker}&<${marker}>=1`, `/nothing/${marker}`]) {
      const answer = await ask(path, { headers: customer })
      expect(answer.status).toBeOneOf([400, 404])
      expect(answer.text).not.toContain(marker)
    }
  })
})

describe('numbers in a query', () => {
  test('reach the handler as numbers, with their defaults', async () => {
    expect((await ask('/list')).json.ok).toEqual({ limit: 20 })
    expect((await ask('/list?limit=5&price=19.99&in_stock=true&q=a+b%C3%A9')).json.ok).toEqual({
      limit: 5,
      price: 19.99,
      in_stock: 'true',
      q: 'a bé',
    })
  })
  test.each(['0', '101', '-1', '1.5', '1e2', '0x10', ' 5', '', 'NaN', 'Infinity', '٣', '9'.repeat(30), '5&limit=x', '[5]', '{"$gt":1}'])(
    'limit=%s is refused',
    async value => {
      const { json } = await ask(`/list?limit=${value}`)
      expect(json).toMatchObject({ status: 400, errors: [{ path: '/limit', message: 'Expected integer from 1 to 100' }] })
    },
  )
  test('are reported together with unknown fields when they are wrong', async () => {
    const { json } = await ask('/list?limit=x&price=y&in_stock=z&page=2')
    expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['/in_stock', '/limit', '/page', '/price'])
  })
  test.each(['%00', 'a%00b', '%ff', '%C0%80', '%zz', '%'])('q=%s is refused as not being text', async value => {
    expect((await ask(`/list?q=${value}`)).json).toMatchObject({ status: 400, code: 'invalid_address' })
  })
  test('names from a prototype are unknown fields', async () => {
    for (const key of ['__proto__', 'constructor', 'hasOwnProperty', 'q[$ne]']) expect((await ask(`/list?${key}=1`)).status).toBe(400)
  })
})

describe('an error', () => {
  test('is a problem of RFC 9457, with the id of its request', async () => {
    const { status, headers, json } = await ask('/auth/5', { headers: { 'x-request-id': 'from-the-gateway-1' } })
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(Value.Check(Problem, json)).toBe(true)
    expect(json).toMatchObject({
      type: 'about:blank',
      title: 'Unauthorized',
      status,
      code: 'token_required',
      request_id: 'from-the-gateway-1',
    })
    expect(headers.get('x-request-id')).toBe('from-the-gateway-1')
  })

  test.each([
    ['GET', '/nothing'],
    ['GET', '/nothing/%E0%A4%A'],
    ['PUT', '/list'],
    ['OPTIONS', '/list'],
    ['PROPFIND', '/list'],
  ])('%s %s is 404 in the same shape', async (method, path) => {
    const { headers, json } = await ask(path, { method })
    expect(json).toMatchObject({ status: 404, code: 'not_found' })
    expect(headers.get('x-request-id')).toBe(json.request_id)
  })

  test('of the server has no details for the client, and those that help for the log', async () => {
    failures.length = 0
    for (const path of ['/liar', '/broken']) {
      const { text, json } = await ask(path)
      expect(json).toMatchObject({ status: 500, code: 'internal_error' })
      expect(text).not.toMatch(/s3cr3t|undefined|property|at /)
    }
    expect(failures).toHaveLength(2)
    expect(failures[0]).toContain('/ok')
    expect(failures[0]).not.toContain('s3cr3t')
  })

  test('that will pass says when to try again', async () => {
    expect((await ask('/down')).headers.get('retry-after')).toBe('1')
    expect((await ask('/often')).headers.get('retry-after')).toBe('31')
    const lost = await ask('/lost')
    expect(lost.headers.get('retry-after')).toBe('1')
    expect(lost.json).toMatchObject({ status: 503, code: 'dependency_unavailable' })
    expect(lost.text).not.toContain('db-7')
  })
})
