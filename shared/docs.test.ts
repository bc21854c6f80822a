import { expect, test } from 'bun:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Elysia } from 'elysia'
import { AddressInput } from './address'
import { docs, openApiOf } from './docs'
import { PageQuery, pageOf } from './page'
import { closed, IdempotencyHeader, IdParam, named, Quantity, Sku, Time, type TSchema, t, text } from './schema'

const Line = closed({ sku: Sku, quantity: Quantity })
const Tree = t.Recursive(Self => t.Object({ name: t.String(), children: t.Array(Self) }))
const Order = t.Object({
  id: t.Integer(),
  kind: t.Union([t.Literal('gift'), t.Literal('plain')]),
  fixed: t.Literal('x'),
  note: t.Union([t.String(), t.Null()]),
  weight: t.Number({ exclusiveMinimum: 0 }),
  attributes: t.Record(t.String(), t.Unknown()),
  line: t.Optional(Line),
  created_at: Time,
})

const shop = () =>
  new Elysia({ prefix: '/api/orders', tags: ['orders'] })
    .get('/', () => ({ items: [], total: 0, skip: 0, limit: 20 }), {
      query: PageQuery,
      response: pageOf(Order),
      detail: { summary: 'Mine', hide: false, 'x-auth': true },
    })
    .get('/tree', () => [], { response: t.Array(Tree), detail: { summary: 'Nested', 'x-auth': 'public' } })
    .post('/', ({ status }) => status(204, undefined), {
      body: closed({ lines: t.Array(Line, { minItems: 1 }), note: t.Optional(text(200, 'Ring twice')) }),
      response: { 204: t.Void() },
      detail: { summary: 'Buy', 'x-auth': 'guest' },
    })
    .delete('/:id', ({ status }) => status(204, undefined), {
      params: IdParam,
      response: { 204: t.Void() },
      detail: { summary: 'Delete', 'x-auth': 'admin' },
    })
const app = () =>
  new Elysia({ normalize: false })
    .use(docs('order'))
    .use(shop())
    .get('/internal/orders', () => 1)
const get = (path: string) => app().handle(new Request(`http://localhost${path}`))
const document = openApiOf(app(), 'order')
const operation = async (path: string, method: string) => (await document).paths[path]?.[method]

test('a document is valid OpenAPI', async () => {
  const result = await new Validator().validate(JSON.parse(JSON.stringify(await document)))
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
})

test('a document is the same before and after its routes were asked', async () => {
  const gift = named('Gift', t.Object({ id: t.String() }))
  const give = () => ({ id: 'one' })
  const documented = new Elysia({ normalize: false })
    .get('/api/gifts', () => ({ gifts: [give()] }), { response: named('Gifts', t.Object({ gifts: t.Array(gift) })) })
    .get('/api/gifts/new', give, { response: gift })
    .get('/api/gifts/best', give, { response: named('Gift', t.Object({ id: t.String() })) })
  const before = await openApiOf(documented, 'order')
  expect((await documented.handle(new Request('http://localhost/api/gifts/new'))).status).toBe(200)
  expect(await openApiOf(documented, 'order')).toEqual(before)
})

test('a document has the public routes only, and no path ends in a slash', async () => {
  expect(Object.keys((await document).paths)).toEqual(['/api/orders', '/api/orders/tree', '/api/orders/{id}'])
})

test('a document says who may call a route', async () => {
  expect(await operation('/api/orders', 'get')).toMatchObject({ security: [{ bearer: [] }], responses: { 401: {}, 503: {} } })
  expect(await operation('/api/orders/tree', 'get')).toMatchObject({ security: [] })
  expect(await operation('/api/orders', 'post')).toMatchObject({ security: [{}, { bearer: [] }] })
  expect(await operation('/api/orders/{id}', 'delete')).toMatchObject({ description: 'Needs admin.', responses: { 403: {} } })
})

test('a query parameter with a default is optional, and is a number', async () => {
  expect((await operation('/api/orders', 'get'))?.parameters).toContainEqual({
    in: 'query',
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  })
})

test('"Try it out" starts with a valid body', async () => {
  const post = await operation('/api/orders', 'post')
  expect(post?.requestBody).toMatchObject({
    content: { 'application/json': { example: { lines: [{ sku: 'NB-14-512', quantity: 2 }], note: 'Ring twice' } } },
  })
})

test('unions, literals, null, records and recursion are written as OpenAPI 3.0 allows', async () => {
  const answer = JSON.parse(JSON.stringify(await operation('/api/orders', 'get'))).responses[200].content['application/json'].schema
  expect(answer.properties.items.items.properties).toMatchObject({
    kind: { type: 'string', enum: ['gift', 'plain'] },
    fixed: { type: 'string', enum: ['x'] },
    note: { type: 'string', nullable: true },
    weight: { minimum: 0, exclusiveMinimum: true },
    attributes: { type: 'object', additionalProperties: {} },
  })
  expect(JSON.stringify((await document).components.schemas)).toContain('"children":{"type":"array","items":{"$ref":"#/components/schemas/')
})

const answering = (path: string, answer: TSchema, operationId = path.slice(1)) =>
  new Elysia().get(`/api/orders${path}`, () => undefined, {
    response: answer,
    detail: { operationId, summary: 'Read', 'x-auth': 'public' },
  })
const Parcel = named('Parcel', t.Object({ weight: t.Number(), note: t.Optional(t.Union([t.String(), t.Null()])) }))

test('a named schema stands once in a document, and everything else refers to it', async () => {
  const Parcels = named('Parcels', t.Object({ first: t.Union([Parcel, t.Null()]), all: t.Array(Parcel), next: t.Optional(Parcel) }))
  const { components, paths } = await openApiOf(
    [answering('/one', Parcel), answering('/all', Parcels), answering('/page', pageOf(Parcel))],
    'order',
  )
  const reference = { $ref: '#/components/schemas/Parcel' }
  expect(Object.keys(components.schemas)).toEqual(['Parcel', 'ParcelPage', 'Parcels', 'Problem'])
  expect(paths['/api/orders/one']?.get?.responses).toMatchObject({ 200: { content: { 'application/json': { schema: reference } } } })
  expect(components.schemas.Parcels).toMatchObject({
    properties: { first: { type: 'object', nullable: true, allOf: [reference] }, all: { items: reference }, next: reference },
  })
  expect(components.schemas.ParcelPage).toMatchObject({ properties: { items: { type: 'array', items: reference } } })
  expect(paths['/api/orders/all']?.get?.responses).toMatchObject({
    200: { content: { 'application/json': { example: { first: { weight: 1 }, all: [{ weight: 1 }] } } } },
  })
})

test('null is one of the values of a named list of words, and of a named union', async () => {
  const Size = named('Size', t.Union([t.Literal('small'), t.Literal('large')]))
  const Place = named('Place', t.Union([t.String(), Parcel]))
  const { components } = await openApiOf(
    answering('/one', named('Box', t.Object({ size: t.Union([Size, t.Null()]), place: t.Union([Place, t.Null()]) }))),
    'order',
  )
  expect(components.schemas.Box).toMatchObject({
    properties: {
      size: { type: 'string', enum: ['small', 'large', null], nullable: true },
      place: { anyOf: [{ type: 'string', nullable: true }, { $ref: '#/components/schemas/Parcel' }] },
    },
  })
})

test('two schemas of one name, or two operations of one id, are refused', async () => {
  const other = named('Parcel', t.Object({ height: t.Number() }))
  await expect(openApiOf([answering('/one', Parcel), answering('/two', other)], 'order')).rejects.toThrow(
    'two different schemas are named Parcel',
  )
  await expect(openApiOf([answering('/one', Parcel), answering('/two', Parcel, 'one')], 'order')).rejects.toThrow('operationId one')
})

const codesOf = (answer: unknown) =>
  JSON.parse(JSON.stringify(answer)).content['application/problem+json'].schema.allOf[1].properties.code.enum

test('an operation lists its own errors beside those that follow from its input and its callers', async () => {
  const app = new Elysia().post('/api/orders', () => undefined, {
    headers: IdempotencyHeader,
    body: named('NewOrder', closed({ address: AddressInput })),
    response: { 201: Parcel },
    detail: { operationId: 'placeOrder', summary: 'Buy', 'x-auth': 'admin', 'x-problems': ['out_of_stock', 'stale'] },
  })
  const { components, paths } = await openApiOf(app, 'order')
  const { responses = {}, parameters } = JSON.parse(JSON.stringify(paths['/api/orders']?.post))
  expect(Object.keys(responses)).toEqual([
    '201',
    '400',
    '401',
    '403',
    '409',
    '412',
    '413',
    '414',
    '415',
    '422',
    '429',
    '431',
    '500',
    '502',
    '503',
    '504',
  ])
  expect(codesOf(responses[409])).toEqual(['out_of_stock', 'request_in_progress'])
  expect(responses[409].description).toContain('`out_of_stock`: there is less of a product than the order asks for')
  expect(codesOf(responses[400])).toContain('unknown_country')
  expect(responses[401]).toEqual({ $ref: '#/components/responses/Unauthorized' })
  expect(codesOf(components.responses.Unauthorized)).toEqual(['token_required', 'invalid_token', 'token_expired', 'session_ended'])
  expect(components.responses.ServiceUnavailable?.headers).toHaveProperty('Retry-After')
  expect(Object.keys(responses[201].headers)).toEqual(['X-Request-Id', 'Location', 'Idempotent-Replayed', 'ETag'])
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['idempotency-key', 'If-Match'])
})

test('the page and the document are served at /docs and below each resource', async () => {
  for (const path of ['/docs', '/api/orders/docs']) {
    const page = await get(path)
    expect(page.headers.get('content-type')).toStartWith('text/html')
    expect(await (await get(`${path}/json`)).json()).toEqual(JSON.parse(JSON.stringify(await document)))
  }
})

test('a document that could not be written is written at the next request', async () => {
  const served = new Elysia({ normalize: false }).use(docs('order')).use(shop())
  const { routes } = served
  let failures = 1
  Object.defineProperty(served, 'routes', {
    get() {
      if (failures-- > 0) throw new Error('the module could not be loaded')
      return routes
    },
  })
  const ask = () => served.handle(new Request('http://localhost/docs/json'))
  expect((await ask()).status).toBe(500)
  expect((await ask()).status).toBe(200)
})

test('a page loads nothing from other hosts and has no inline script', async () => {
  const page = await get('/docs')
  const html = await page.text()
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
  expect(html).not.toMatch(/https?:\/\/|<script>|<style|style=/)
  for (const [, path] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
    const asset = await get(path ?? '')
    expect([path, asset.status, asset.headers.get('cache-control')]).toEqual([path, 200, 'public, max-age=86400'])
  }
})

test('no file but the few assets can be read', async () => {
  for (const name of ['package.json', '..%2fpackage.json', 'constructor', 'swagger-ui.css.map'])
    expect((await get(`/docs/assets/${name}`)).status).toBeGreaterThanOrEqual(400)
})
