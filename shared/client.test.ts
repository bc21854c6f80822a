import { afterEach, describe, expect, test } from 'bun:test'
import { Elysia, t } from 'elysia'
import { createClients, unwrap } from './client'
import { withContext } from './context'
import type { Instance, Resolver } from './discovery'
import { AppError } from './errors'
import type { ServiceName } from './services'
import { eventually } from './testing'

/** What a callee was asked, and how it is to answer. */
const callee = () => {
  const seen: { method: string; headers: Headers; url: string }[] = []
  let behave: () => Response | Promise<Response> | undefined = () => undefined
  const app = new Elysia()
    .onRequest(async ({ request }) => {
      seen.push({ method: request.method, headers: request.headers, url: request.url })
      return await behave()
    })
    .get('/api/products/:id', ({ params }) => ({ id: params.id, name: 'Laptop', created_at: '2026-01-01T00:00:00.000Z' }))
    .put('/api/products/:id', ({ params }) => ({ id: params.id }))
    .delete('/api/products/:id', ({ set }) => {
      set.status = 204
    })
    .post('/api/products', ({ body, headers }) => ({ body, key: headers['idempotency-key'] ?? null }), {
      body: t.Object({ name: t.String() }),
      headers: t.Object({ 'idempotency-key': t.Optional(t.String()) }),
    })
    .get('/internal/stock', () => ({ ok: true }))
  return { app, seen, behave: (how: typeof behave) => (behave = how) }
}
type ProductApi = ReturnType<typeof callee>['app']

const problem = (status: number, code: string, extra: object = {}, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: 'about:blank', title: 'x', status, code, detail: `because ${code}`, ...extra }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close()
})

const start = () => {
  const made = callee()
  const app = made.app.listen({ port: 0, hostname: '127.0.0.1', reusePort: false })
  const stop = () => app.stop(true)
  cleanup.push(stop)
  return { ...made, port: app.server!.port!, stop }
}
/** A port on which nobody listens. */
const absentPort = () => {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  server.stop(true)
  return server.port
}
const instance = (port: number): Instance => ({
  id: `i-${port}`,
  address: `127.0.0.1:${port}`,
  host: '127.0.0.1',
  port,
  version: '1',
  started_at: '',
  last_heartbeat: '',
})
const listing = (...ports: number[]): Resolver => ({ instances: async () => ports.map(instance) })

const clientOf = (resolver: Resolver, options: Partial<Parameters<typeof createClients>[0]> = {}) =>
  createClients({ resolver, internalToken: async name => `for-${name}`, ...options })<ProductApi>('product')

const errorOf = async (call: Promise<unknown>): Promise<AppError> => {
  const error = await call.then(
    () => new Error('it did not fail'),
    error => error,
  )
  if (!(error instanceof AppError)) throw error
  return error
}

describe('a client', () => {
  test('gives the data as the callee sent it: text that reads like a date stays text', async () => {
    const product = start()
    const client = clientOf(listing(product.port))
    expect(await unwrap(client.api.products({ id: '7' }).get())).toEqual({
      id: '7',
      name: 'Laptop',
      created_at: '2026-01-01T00:00:00.000Z',
    })
    expect((await client.api.products({ id: '7' }).delete()).status).toBe(204)
  })

  test("sends the work's request id and trace, and says who it is on internal routes only", async () => {
    const product = start()
    const client = clientOf(listing(product.port))
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await withContext({ requestId: 'order-1', traceparent, startedAt: 0 }, async () => {
      await unwrap(client.internal.stock.get())
      await unwrap(client.api.products({ id: '1' }).get())
    })
    const [internal, open] = product.seen
    for (const asked of [internal, open]) {
      expect(asked?.headers.get('x-request-id')).toBe('order-1')
      expect(asked?.headers.get('traceparent')).toBe(traceparent)
    }
    expect(internal?.headers.get('authorization')).toBe('Bearer for-product')
    expect(open?.headers.has('authorization')).toBe(false)
  })

  test("throws the callee's problem in its own words", async () => {
    const product = start()
    const client = clientOf(listing(product.port))
    product.behave(() => problem(409, 'out_of_stock'))
    expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({
      kind: 'conflict',
      code: 'out_of_stock',
      message: 'because out_of_stock',
    })
    product.behave(() => problem(400, 'invalid_input', { errors: [{ path: '/name', message: 'is required' }] }))
    expect((await errorOf(unwrap(client.api.products.post({ name: 'x' })))).errors).toEqual([{ path: '/name', message: 'is required' }])
    product.behave(() => problem(429, 'busy', {}, { 'retry-after': '7' }))
    expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({ kind: 'too_many', retryAfter: 7 })
  })

  test('takes what is no JSON, or not what it says to be, for a bad answer and never for a parse failure', async () => {
    const product = start()
    const client = clientOf(listing(product.port))
    const html = (status: number) => () => new Response('<h1>hello</h1>', { status, headers: { 'content-type': 'text/html' } })
    product.behave(html(200))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
    product.behave(html(404))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
    product.behave(html(502))
    expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({
      kind: 'unavailable',
      code: 'product_unavailable',
    })
    product.behave(() => new Response('{"id":', { headers: { 'content-type': 'application/json' } }))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
    product.behave(() => new Response('{"code":', { status: 409, headers: { 'content-type': 'application/problem+json' } }))
    expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).kind).toBe('bad_gateway')
  })

  test('ends by its deadline, also when only the body hangs', async () => {
    const product = start()
    const client = clientOf(listing(product.port), { deadlineMs: 150 })
    const { promise: never } = Promise.withResolvers<Response>()
    const headOnly = () => {
      const body = new ReadableStream({ start: controller => controller.enqueue(new TextEncoder().encode('{"id"')) })
      return new Response(body, { headers: { 'content-type': 'application/json' } })
    }
    for (const behave of [() => never, headOnly]) {
      product.behave(behave)
      const before = performance.now()
      expect(await errorOf(unwrap(client.api.products({ id: '7' }).get()))).toMatchObject({
        kind: 'unavailable',
        code: 'product_unavailable',
        retryAfter: 1,
      })
      expect(performance.now() - before).toBeLessThan(1000)
    }
  })
})

describe('repetition', () => {
  const failing = () => problem(503, 'dependency_unavailable')
  const hits = async (ask: (client: ReturnType<typeof clientOf>) => Promise<unknown>) => {
    const product = start()
    product.behave(failing)
    expect((await errorOf(ask(clientOf(listing(product.port))))).kind).toBe('unavailable')
    return product.seen.length
  }

  test('asks three times what can be asked twice', async () => {
    expect(await hits(client => unwrap(client.api.products({ id: '7' }).get()))).toBe(3)
    expect(await hits(client => unwrap(client.api.products({ id: '7' }).put()))).toBe(3)
    expect(await hits(client => unwrap(client.api.products({ id: '7' }).delete()))).toBe(3)
    expect(await hits(client => unwrap(client.api.products.post({ name: 'x' }, { headers: { 'idempotency-key': 'k' } })))).toBe(3)
  })

  test('asks a POST once, refused or cut off half-way', async () => {
    expect(await hits(client => unwrap(client.api.products.post({ name: 'x' }, { headers: {} })))).toBe(1)
    let cut = 0
    const server = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data: socket => {
          cut++
          socket.end()
        },
      },
    })
    cleanup.push(() => server.stop(true))
    const client = clientOf(listing(server.port))
    expect((await errorOf(unwrap(client.api.products.post({ name: 'x' }, { headers: {} })))).code).toBe('product_unavailable')
    expect(cut).toBe(1)
    await errorOf(unwrap(client.api.products({ id: '7' }).get()))
    expect(cut).toBe(4)
  })

  test('asks once when the answer is a refusal or a fault of the callee', async () => {
    for (const status of [400, 404, 409, 500]) {
      const product = start()
      product.behave(() => problem(status, 'no'))
      await errorOf(unwrap(clientOf(listing(product.port)).api.products({ id: '7' }).get()))
      expect(product.seen.length).toBe(1)
    }
  })

  test('goes to another live instance: a POST when nobody was there, a read also when the first could not', async () => {
    const live = start()
    const sick = start()
    sick.behave(failing)
    const absent = absentPort()
    const besideAbsent = clientOf(listing(absent, live.port))
    for (let call = 0; call < 4; call++) {
      expect(await unwrap(besideAbsent.api.products.post({ name: 'x' }, { headers: {} }))).toMatchObject({ body: { name: 'x' } })
    }
    const besideSick = clientOf(listing(sick.port, live.port))
    for (let call = 0; call < 4; call++) expect(await unwrap(besideSick.api.products({ id: '7' }).get())).toMatchObject({ id: '7' })
  })

  test('leaves an instance that hangs in time for another one', async () => {
    const hung = start()
    const live = start()
    const { promise: never } = Promise.withResolvers<Response>()
    hung.behave(() => never)
    const client = clientOf(listing(hung.port, live.port), { deadlineMs: 400 })
    for (let call = 0; call < 2; call++) expect(await unwrap(client.api.products({ id: '7' }).get())).toMatchObject({ id: '7' })
    expect(hung.seen.length).toBeGreaterThan(0)
  })

  test('carries every read through while one of two instances stops', async () => {
    const [one, two] = [start(), start()]
    const client = clientOf(listing(one.port, two.port))
    let answered = 0
    const readers = Array.from({ length: 8 }, async () => {
      for (let call = 0; call < 50; call++) {
        await unwrap(client.api.products({ id: '7' }).get())
        answered++
      }
    })
    await eventually(() => answered > 100)
    await one.stop()
    await Promise.all(readers)
    expect(answered).toBe(400)
  })

  test('takes turns between the live instances', async () => {
    const [one, two] = [start(), start()]
    const client = clientOf(listing(one.port, two.port))
    for (let call = 0; call < 10; call++) await unwrap(client.api.products({ id: '7' }).get())
    expect([one.seen.length, two.seen.length]).toEqual([5, 5])
  })

  test('is told by the registry where the service went', async () => {
    const old = absentPort()
    const live = start()
    const resolver: Resolver = { instances: async (_name, now = false) => [instance(now ? live.port : old)] }
    expect(await unwrap(clientOf(resolver).api.products({ id: '7' }).get())).toMatchObject({ id: '7' })
  })
})

describe('the breaker', () => {
  const counted = () => {
    const open: number[] = []
    const metrics = { call: () => {}, breakersOpen: (_callee: ServiceName, count: number) => open.push(count) }
    return { open, metrics }
  }

  test('opens after failures in a row, lets one call through when its time has passed, and closes when that succeeds', async () => {
    const product = start()
    const { open, metrics } = counted()
    const client = clientOf(listing(product.port), { attempts: 1, breaker: { failures: 3, pauseMs: 100 }, metrics })
    const get = () => unwrap(client.api.products({ id: '7' }).get())
    product.behave(() => problem(503, 'dependency_unavailable'))
    for (let call = 0; call < 3; call++) expect((await errorOf(get())).code).toBe('dependency_unavailable')
    expect(open.at(-1)).toBe(1)

    expect((await errorOf(get())).code).toBe('product_unavailable')
    expect(product.seen.length).toBe(3)

    // Half open: a probe that fails opens it again, of many calls one is the probe.
    await eventually(async () => {
      await Promise.all(Array.from({ length: 10 }, () => errorOf(get())))
      return product.seen.length > 3
    })
    expect(product.seen.length).toBe(4)

    product.behave(() => undefined)
    await eventually(get)
    expect(open.at(-1)).toBe(0)
    expect(product.seen.length).toBe(5)
    await get()
    expect(product.seen.length).toBe(6)
  })

  test('does not open for refusals', async () => {
    const product = start()
    const client = clientOf(listing(product.port), { attempts: 1, breaker: { failures: 2, pauseMs: 60_000 } })
    product.behave(() => problem(404, 'product_not_found'))
    for (let call = 0; call < 5; call++)
      expect((await errorOf(unwrap(client.api.products({ id: '7' }).get()))).code).toBe('product_not_found')
    expect(product.seen.length).toBe(5)
  })

  test('leaves the other instances open', async () => {
    const sick = start()
    const live = start()
    sick.behave(() => problem(503, 'dependency_unavailable'))
    const client = clientOf(listing(sick.port, live.port), { breaker: { failures: 2, pauseMs: 60_000 } })
    for (let call = 0; call < 20; call++) await unwrap(client.api.products({ id: '7' }).get())
    expect(sick.seen.length).toBe(2)
    expect(live.seen.length).toBe(20)
  })
})

describe('the bound on calls under way', () => {
  test('refuses at once what would wait behind too many', async () => {
    const product = start()
    const gate = Promise.withResolvers<undefined>()
    product.behave(async () => {
      await gate.promise
      return new Response('{"id":"7"}', { headers: { 'content-type': 'application/json' } })
    })
    const client = clientOf(listing(product.port), { atOnce: 2, queued: 1 })
    const get = () => unwrap(client.api.products({ id: '7' }).get())
    const three = [get(), get(), get()]
    await eventually(() => product.seen.length === 2)
    expect((await errorOf(get())).code).toBe('product_unavailable')
    gate.resolve(undefined)
    expect(await Promise.all(three)).toHaveLength(3)
  })

  test('nobody listed and nobody there is unavailable, not a failure of ours', async () => {
    expect((await errorOf(unwrap(clientOf(listing()).api.products({ id: '7' }).get()))).code).toBe('product_unavailable')
    expect((await errorOf(unwrap(clientOf(listing(absentPort())).api.products({ id: '7' }).get()))).code).toBe('product_unavailable')
  })
})
