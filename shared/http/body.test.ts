import { describe, expect, test } from 'bun:test'
import { closed, IdParam, t, text } from '../schema'
import { testHttp } from '../testing/http'

const { http, as } = await testHttp('order')
const customer = await as(7)

const Ok = { 200: t.Object({ ok: t.Unknown() }) }
const person = closed({ name: text(20, 'Ann'), age: t.Integer({ minimum: 0, maximum: 150 }) })
const app = http('/api/things')
  .post('/', ({ body }) => ({ ok: body.name }), { public: true, body: person, response: Ok })
  .post('/any', () => ({ ok: true }), { public: true, body: t.Unknown(), response: Ok })
  .post('/no-body', ({ user }) => ({ ok: user.id }), { auth: true, response: Ok })
  .delete(
    '/:id',
    ({ set }) => {
      set.status = 204
    },
    { auth: true, params: IdParam, response: { 204: t.Void() } },
  )

const ask = async (path: string, init: RequestInit = {}) => {
  const response = await app.handle(new Request(`http://localhost/api/things${path}`, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : undefined }
}
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const ann = JSON.stringify({ name: 'Ann', age: 30 })

describe('a body', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
  const refused: [string, BodyInit, number, string][] = [
    ['that is not JSON', '{"name": "Ann", }', 400, 'invalid_json'],
    ['that is cut off', '{"name": "An', 400, 'invalid_json'],
    ['that is not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'invalid_json'],
    ['with NUL in its text', '{"name": "A\\u0000nn", "age": 1}', 400, 'invalid_json'],
    ['with half a surrogate pair', '{"name": "\\ud800", "age": 1}', 400, 'invalid_json'],
    ['with __proto__', '{"name": "Ann", "age": 1, "__proto__": {"admin": true}}', 400, 'invalid_json'],
    ['with text in place of toString', '{"name": {"toString": "x", "valueOf": "x"}, "age": 1}', 400, 'invalid_json'],
    ['with constructor', '{"name": "Ann", "age": 1, "constructor": {"prototype": {"admin": true}}}', 400, 'invalid_json'],
    ['with a number too large for a number', '{"name": "Ann", "age": 1e999}', 400, 'invalid_json'],
    ['nested 33 deep', deep(33), 400, 'invalid_json'],
    ['nested 100,000 deep', deep(100_000), 400, 'invalid_json'],
    ['that is empty', '', 400, 'invalid_input'],
    ['that is null', 'null', 400, 'invalid_input'],
    ['that is a list', '[]', 400, 'invalid_input'],
    ['with an operator in place of text', '{"name": {"$ne": null}, "age": 1}', 400, 'invalid_input'],
    ['with a number as text', '{"name": "Ann", "age": "30"}', 400, 'invalid_input'],
    ['over 1 MiB', `"${'x'.repeat(1024 * 1024)}"`, 413, 'payload_too_large'],
  ]
  test.each(refused)('%s is refused', async (_what, content, status, code) => {
    const { json } = await post('/', content)
    expect(json).toMatchObject({ status, code })
  })

  test('of another media type than JSON, or compressed, is 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', ''])
      expect((await post('/', new TextEncoder().encode(ann), { 'content-type': type })).status).toBe(415)
    const { json } = await post('/', Bun.gzipSync(ann), { 'content-encoding': 'gzip' })
    expect(json).toMatchObject({ status: 415, code: 'unsupported_encoding' })
    expect((await post('/', ann, { 'content-encoding': 'identity' })).status).toBe(200)
    expect((await post('/', ann, { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
  })

  test('of exactly 1 MiB is accepted', async () => {
    expect((await post('/any', `"${'x'.repeat(1024 * 1024 - 2)}"`)).status).toBe(200)
  })

  test('whose declared length is over the limit is refused before it is read', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull: controller => {
        pulled++
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    expect((await post('/', endless, { 'content-length': String(64 * 1024 * 1024) })).status).toBe(413)
    expect(pulled).toBeLessThan(3)
  })

  test('without a declared length is read up to 1 MiB only', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull: controller => {
        pulled++
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    expect((await post('/', endless)).status).toBe(413)
    expect(pulled).toBeLessThan(20)
  })

  test('on a route without a body schema is checked and ignored, with DELETE as well', async () => {
    expect((await post('/no-body', '', customer)).status).toBe(200)
    expect((await post('/no-body', '{"a": 1}', customer)).status).toBe(200)
    expect((await post('/no-body', '{', customer)).status).toBe(400)
    const headers = { ...customer, 'content-type': 'application/json' }
    expect((await ask('/5', { method: 'DELETE', headers })).status).toBe(204)
    expect((await ask('/5', { method: 'DELETE', headers, body: '{"a": 1}' })).status).toBe(204)
    expect((await ask('/5', { method: 'DELETE', headers, body: '{' })).status).toBe(400)
  })
})
