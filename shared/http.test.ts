import { describe, expect, test } from 'bun:test'
import { closed, IdParam, integerText, t, text } from './schema'
import { eventually } from './testing'
import { testHttp } from './testing/http'
import type { Tracer } from './trace'

const { http, as, asService } = await testHttp('order')
const customer = await as(7)
const admin = await as(1, 'admin')
const cart = await asService('cart')
const tax = await asService('tax')

const Ok = { 200: t.Object({ ok: t.Unknown() }) }
const body = closed({ name: text(20, 'Ann'), age: t.Integer({ minimum: 0, maximum: 150 }) })
const query = closed({ limit: integerText({ minimum: 1, maximum: 100, default: 20 }) })

const app = http('/api/things')
  .get('/auth/:id', ({ user, params }) => ({ ok: [user.id, user.role, params.id] }), { auth: true, params: IdParam, response: Ok })
  .get('/list', ({ query }) => ({ ok: query }), { public: true, query, response: Ok })
  .post('/auth', ({ user, body }) => ({ ok: [user.id, body.name] }), { auth: true, body, response: Ok })
  .post('/admin', ({ user }) => ({ ok: user.id }), { auth: 'admin', body, response: Ok })
  .post('/guest', ({ user }) => ({ ok: user?.id ?? null }), { guest: true, body, response: Ok })
  .post('/public', ({ body }) => ({ ok: body.name }), { public: true, body, response: Ok })
  .post('/internal', ({ caller }) => ({ ok: caller }), { internal: ['cart'], body, response: Ok })
  .post('/internal/echo', ({ body }) => ({ ok: { ...body } }), { internal: ['cart'], body, response: Ok })
  .post('/internal/open', () => ({ ok: true }), { internal: ['cart'], response: Ok })
  .post('/stream', async ({ user, request }) => ({ ok: [user.id, (await request.text()).length] }), { stream: 'admin', response: Ok })

const ask = async (path: string, init: RequestInit = {}) => {
  const response = await app.handle(new Request(`http://localhost/api/things${path}`, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined }
}
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const person = JSON.stringify({ name: 'Ann', age: 30 })

const routes: { route: string; wrong: Record<string, string>; refused: number; right: Record<string, string> }[] = [
  { route: '/auth', wrong: {}, refused: 401, right: customer },
  { route: '/auth', wrong: { authorization: 'Bearer x.y.z' }, refused: 401, right: customer },
  { route: '/auth', wrong: { authorization: 'Basic dXNlcjpwYXNz' }, refused: 401, right: customer },
  { route: '/admin', wrong: {}, refused: 401, right: admin },
  { route: '/admin', wrong: customer, refused: 403, right: admin },
  { route: '/guest', wrong: { authorization: 'Bearer x.y.z' }, refused: 401, right: {} },
  { route: '/public', wrong: { authorization: 'Bearer x.y.z' }, refused: 401, right: {} },
  { route: '/internal', wrong: {}, refused: 401, right: cart },
  { route: '/internal', wrong: customer, refused: 401, right: cart },
  { route: '/internal', wrong: tax, refused: 403, right: cart },
]

describe('a caller without access is refused before its input is validated', () => {
  test.each(routes)('$route answers $refused', async ({ route, wrong, refused, right }) => {
    const notJson = '{"name": '
    for (const [content, type] of [
      [person, 'application/json'],
      [notJson, 'application/json'],
      ['{}', 'application/json'],
      ['x', 'text/plain'],
    ] as const) {
      expect((await post(route, content, { 'content-type': type, ...wrong })).status).toBe(refused)
    }
    expect((await post(`${route}?a=%00`, person, wrong)).status).toBe(refused)
    expect((await post(route, notJson, right)).status).toBe(400)
    expect((await post(route, person, right)).status).toBe(200)
  })

  test('a stream reaches the handler unread, if the caller has access', async () => {
    expect((await post('/stream', 'x', { 'content-type': 'text/csv' })).status).toBe(401)
    expect((await post('/stream', 'x', { 'content-type': 'text/csv', ...customer })).status).toBe(403)
    const { json } = await post('/stream', 'x'.repeat(2_000_000), { 'content-type': 'text/csv', ...admin })
    expect(json).toEqual({ ok: [1, 2_000_000] })
  })

  test('an invalid path parameter is 400 only after authentication', async () => {
    expect((await ask('/auth/abc')).status).toBe(401)
    expect((await ask('/auth/abc', { headers: customer })).status).toBe(400)
    expect((await ask('/auth/5', { headers: customer })).json).toEqual({ ok: [7, 'customer', 5] })
  })

  test('a 401 names the authentication scheme', async () => {
    expect((await ask('/auth/5')).headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe('a field that a body does not have', () => {
  const newer = JSON.stringify({ name: 'Ann', age: 30, colour: 'red' })

  test.each([
    { route: '/public', headers: {} },
    { route: '/guest', headers: {} },
    { route: '/auth', headers: customer },
    { route: '/admin', headers: admin },
  ])('is refused by $route, since a client should see its mistake', async ({ route, headers }) => {
    const { status, json } = await post(route, newer, headers)
    expect([status, json.code, json.errors[0].path]).toEqual([400, 'invalid_input', '/colour'])
  })

  test('is ignored by an internal route, whose caller may be newer, and does not reach the handler', async () => {
    expect((await post('/internal/echo', newer, cart)).json).toEqual({ ok: { name: 'Ann', age: 30 } })
    expect((await post('/internal/open', newer, cart)).status).toBe(200)
  })

  test('hides no other mistake of a service, and admits nobody else', async () => {
    const wrong = await post('/internal/echo', JSON.stringify({ name: 'Ann', years: 30 }), cart)
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([400, '/age'])
    expect((await post('/internal/echo', JSON.stringify([newer]), cart)).status).toBe(400)
    expect((await post('/internal/echo', '', cart)).status).toBe(400)
    expect((await post('/internal/echo', newer, tax)).status).toBe(403)
  })
})

describe('a request id', () => {
  test.each(['a', 'A-b_c.d:1', 'x'.repeat(128)])('%s is kept', async id => {
    expect((await ask('/list', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(id)
  })
  test.each(['', 'two words', '<script>', 'ünï', 'x'.repeat(129), '{"a":1}'])('"%s" is replaced', async id => {
    const answered = (await ask('/list', { headers: { 'x-request-id': id } })).headers.get('x-request-id')
    expect(answered).toMatch(/^[0-9a-f-]{36}$/)
  })
  test('is different for every request', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await ask('/list')).headers.get('x-request-id')))
    expect(new Set(ids).size).toBe(50)
  })
})

describe('methods and paths', () => {
  test('HEAD answers as GET does, without the body, and needs the same token', async () => {
    const head = await ask('/list', { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    expect((await ask('/auth/5', { method: 'HEAD' })).status).toBe(401)
    expect((await ask('/auth/5', { method: 'HEAD', headers: customer })).status).toBe(200)
    expect((await ask('/auth/x', { method: 'HEAD', headers: customer })).status).toBe(400)
  })
  test('a trailing slash makes no difference', async () => {
    expect((await ask('/list/')).status).toBe(200)
    expect((await ask('/list/?limit=3')).json.ok.limit).toBe(3)
    expect((await post('/public/', person)).status).toBe(200)
    expect((await ask('/auth/5/', { headers: customer })).status).toBe(200)
  })
})

test('who watches requests sees the service that sent one, once it is admitted', async () => {
  const seen: (string | undefined)[] = []
  const { http, asService } = await testHttp('order', { observe: ({ caller }) => void seen.push(caller) })
  const watched = http('').get('/internal/drift', () => ({ ok: true }), { internal: ['discovery'], response: Ok })
  for (const headers of [await asService('discovery'), await asService('tax'), {}])
    await watched.handle(new Request('http://localhost/internal/drift', { headers }))
  await eventually(() => seen.length === 3)
  expect(seen).toEqual(['discovery', undefined, undefined])
})

describe('a traced request', () => {
  const spans: { name: string; root: boolean | undefined; attributes: Record<string, unknown> }[] = []
  const tracer: Tracer = {
    span(name, { root }, work) {
      const span = { name, root, attributes: {} }
      spans.push(span)
      return work({
        rename: later => {
          span.name = later
        },
        set: attributes => void Object.assign(span.attributes, attributes),
        fail: () => {},
      })
    },
    close: async () => {},
  }

  test('has the name of its route and its status, and begins a trace when the caller sent none', async () => {
    const { http } = await testHttp('order', { tracer })
    const traced = http('/api/orders').get('/:id', () => ({ ok: true }), { auth: true, params: IdParam, response: Ok })
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    for (const sent of [{}, { traceparent: 'nonsense' }, { traceparent }])
      await traced.handle(new Request('http://localhost/api/orders/5', { headers: sent }))
    const span = { name: 'GET /api/orders/:id', attributes: { 'http.response.status_code': 401 } }
    expect(spans).toEqual([
      { ...span, root: true },
      { ...span, root: true },
      { ...span, root: false },
    ])
  })
})
