import { expect, test } from 'bun:test'
import { t } from '../schema'
import { sender, testHttp } from '../testing/http'
import { otherMethods } from './methods'

const { http, as } = await testHttp('order')
const Ok = { 200: t.Object({ ok: t.String() }) }
const routes = http('/api/things')
  .get('/', () => ({ ok: 'list' }), { public: true, response: Ok })
  .post('/', () => ({ ok: 'made' }), { auth: 'admin', response: Ok })
  .get('/:id', () => ({ ok: 'one' }), { auth: true, response: Ok })
  .post('/search', () => ({ ok: 'found' }), { public: true, response: Ok })
  .post('/:thing_id/close', () => ({ ok: 'closed' }), { auth: true, response: Ok })
  .use(http('/internal').get('/things', () => ({ ok: 'internal' }), { internal: ['product'], response: Ok }))
const send = sender(http('').use(routes).use(otherMethods(http, routes)))

test.each([
  ['PUT', '/api/things', 'GET, HEAD, POST'],
  ['DELETE', '/api/things/', 'GET, HEAD, POST'],
  ['PATCH', '/api/things/7', 'GET, HEAD'],
  ['OPTIONS', '/api/things/7', 'GET, HEAD'],
  ['DELETE', '/api/things/search', 'POST'],
  ['GET', '/api/things/7/close', 'POST'],
])('%s %s, which no route has, is 405 and names the methods that the path has', async (method, path, allow) => {
  const { status, headers, body } = await send(method, path)
  expect(body).toMatchObject({ status: 405, code: 'method_not_allowed', title: 'Method Not Allowed' })
  expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow })
  expect(headers.get('x-request-id')).toBe(body.request_id)
})

test('a body that comes with such a method is not read', async () => {
  expect((await send('PUT', '/api/things', '{"cut off')).status).toBe(405)
})

test('a known method goes to its route, and is still refused without a token', async () => {
  const customer = await as(7)
  expect((await send('GET', '/api/things/7', undefined, customer)).body).toEqual({ ok: 'one' })
  expect((await send('POST', '/api/things/search')).body).toEqual({ ok: 'found' })
  expect((await send('GET', '/api/things/7')).status).toBe(401)
  expect((await send('POST', '/api/things', {}, customer)).status).toBe(403)
  for (const path of ['/api/things', '/api/things/7']) expect((await send('HEAD', path, undefined, customer)).status).toBe(200)
})

test.each(['/internal/things', '/api/nothing', '/api/things/7/open', '/'])(
  '%s stays 404: there is no such path for a client',
  async path => {
    const { status, headers } = await send('PUT', path)
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 404, allow: null })
  },
)
