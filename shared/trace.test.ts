import { afterAll, beforeEach, expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { createClients, unwrap } from './client'
import { currentContext, newContext, withContext } from './context'
import { conflict } from './errors'
import { testHttp } from './testing/http'
import { createTracer, noTracer } from './trace'

interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  status: { code?: number }
  attributes: { key: string; value: { stringValue?: string } }[]
}
interface Received {
  resourceSpans: { resource: { attributes: ReceivedSpan['attributes'] }; scopeSpans: { spans: ReceivedSpan[] }[] }[]
}

/** Replaces a collector at its address. */
const spans: (ReceivedSpan & { service: string | undefined })[] = []
const collector = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    if (new URL(request.url).pathname !== '/v1/traces') return new Response(null, { status: 404 })
    const { resourceSpans }: Received = JSON.parse(await request.text())
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue
      for (const scope of scopeSpans) spans.push(...scope.spans.map(span => ({ ...span, service })))
    }
    return Response.json({})
  },
})
const endpoint = collector.url.origin
beforeEach(() => void spans.splice(0))
afterAll(() => collector.stop(true))

const nothing = { resolver: { instances: async () => [] }, internalToken: async () => '' }

test('a request, the call it makes, the event it publishes and that event’s handler are one trace', async () => {
  const order = await createTracer({ service: 'order', endpoint, ratio: 1 })
  const stock = await createTracer({ service: 'inventory', endpoint, ratio: 1 })

  const answering = new Elysia()
    .get('/api/inventory/:id', ({ request, params }) => {
      const context = newContext('r', request.headers.get('traceparent'))
      return withContext(context, () =>
        stock.span('GET /api/inventory/:id', { kind: 'server' }, async span => {
          span.set({ 'http.response.status_code': 200 })
          return { id: params.id }
        }),
      )
    })
    .listen({ port: 0, hostname: '127.0.0.1', reusePort: false })
  const { port } = answering.server!
  const instance = {
    id: 'i',
    address: `127.0.0.1:${port}`,
    host: '127.0.0.1',
    port: port!,
    version: '',
    started_at: '',
    last_heartbeat: '',
  }
  const clients = createClients({ ...nothing, resolver: { instances: async () => [instance] }, tracer: order })
  const inventory = clients<typeof answering>('inventory')

  const context = newContext()
  const envelope = await withContext(context, () =>
    order.span('POST', { kind: 'server', root: true }, async span => {
      span.rename('POST /api/orders')
      await unwrap(inventory.api.inventory({ id: 'p1' }).get())
      return { request_id: currentContext().requestId, traceparent: currentContext().traceparent }
    }),
  )
  await withContext(newContext(envelope.request_id, envelope.traceparent), () =>
    stock.span('order.created', { kind: 'consumer' }, async () => undefined),
  )
  await Promise.all([order.close(), stock.close()])
  await answering.stop(true)

  const named = (name: string) => spans.find(span => span.name === name)!
  const [posted, asked, answered, handled] = ['POST /api/orders', 'GET inventory', 'GET /api/inventory/:id', 'order.created'].map(named)
  expect(spans).toHaveLength(4)
  for (const { traceId } of spans) expect(traceId).toBe(context.traceparent.slice(3, 35))
  expect(posted?.parentSpanId ?? '').toBe('')
  expect(asked?.parentSpanId).toBe(posted!.spanId)
  expect(answered?.parentSpanId).toBe(asked!.spanId)
  expect(handled?.parentSpanId).toBe(posted!.spanId)
  expect([posted?.service, answered?.service]).toEqual(['order-service', 'inventory-service'])
  expect(envelope.request_id).toBe(context.requestId)
})

test('a failure marks its span without its message; a refusal is no failure', async () => {
  const tracer = await createTracer({ service: 'order', endpoint, ratio: 1 })
  const run = (name: string, error: Error) => tracer.span(name, { kind: 'internal' }, () => Promise.reject(error)).catch(() => {})
  await run('fails', new TypeError('ann@example.com broke it'))
  await run('refuses', conflict('out_of_stock', 'No more.'))
  expect(() =>
    tracer.span('fails at once', { kind: 'internal' }, () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  await tracer.close()
  const codeOf = (name: string) => spans.find(span => span.name === name)?.status.code ?? 0
  expect([codeOf('fails'), codeOf('fails at once'), codeOf('refuses')]).toEqual([2, 2, 0])
  expect(JSON.stringify(spans)).not.toContain('ann@example.com')
})

test('a request that is answered with 500 marks its span; a refused one does not', async () => {
  const tracer = await createTracer({ service: 'order', endpoint, ratio: 1 })
  const { http, failures } = await testHttp('order', { tracer })
  const app = http('')
    .get('/fails', () => Promise.reject(new Error('no')), { public: true })
    .get('/refuses', () => Promise.reject(conflict('out_of_stock', 'No more.')), { public: true })
  const statusOf = async (path: string) => (await app.handle(new Request(`http://localhost${path}`))).status
  expect([await statusOf('/fails'), await statusOf('/refuses'), failures.length]).toEqual([500, 409, 1])
  await tracer.close()
  const codeOf = (name: string) => spans.find(span => span.name === name)?.status.code ?? 0
  expect([codeOf('GET /fails'), codeOf('GET /refuses')]).toEqual([2, 0])
})

test('every service decides alike, by the id of a trace, whether it is recorded', async () => {
  const [one, two] = [
    await createTracer({ service: 'order', endpoint, ratio: 0.5 }),
    await createTracer({ service: 'tax', endpoint, ratio: 0.5 }),
  ]
  const contexts = Array.from({ length: 200 }, () => newContext())
  for (const context of contexts) {
    withContext(context, () => {
      one.span('one', { kind: 'server' }, () => {})
      two.span('two', { kind: 'server' }, () => {})
    })
  }
  const before = newContext()
  withContext(newContext('r', before.traceparent.replace(/00$/, '01')), () => one.span('asked for', { kind: 'server' }, () => {}))
  await Promise.all([one.close(), two.close()])
  const traces = (name: string) => spans.filter(span => span.name === name).map(({ traceId }) => traceId)
  expect(traces('one').length).toBeGreaterThan(50)
  expect(traces('one').length).toBeLessThan(150)
  expect(traces('two').sort()).toEqual(traces('one').sort())
  expect(traces('asked for')).toHaveLength(1)
})

test('a collector that is down delays nothing', async () => {
  const tracer = await createTracer({ service: 'order', endpoint: 'http://127.0.0.1:9', ratio: 1 })
  for (let count = 0; count < 5000; count++) tracer.span('work', { kind: 'internal' }, () => {})
  expect(await tracer.span('work', { kind: 'internal' }, async () => 7)).toBe(7)
  const before = performance.now()
  await tracer.close()
  expect(performance.now() - before).toBeLessThan(9000)
})

test('without a collector nothing of it is loaded, and the ids are still passed on', async () => {
  expect(await createTracer({ service: 'order' })).toBe(noTracer)
  const context = newContext()
  await withContext(context, () => noTracer.span('work', { kind: 'server' }, async () => expect(currentContext()).toBe(context)))
  const loadingWith = (options: string) => {
    const source = `
      Bun.plugin({ name: 'watch', setup: build => build.onLoad({ filter: /@opentelemetry/ }, ({ path }) => { console.log(path); process.exit(0) }) })
      const { createTracer } = await import('./trace.ts')
      await createTracer({ service: 'order', ${options} })`
    return Bun.spawnSync(['bun', '-e', source], { cwd: import.meta.dir }).stdout.toString()
  }
  expect(loadingWith('')).toBe('')
  expect(loadingWith("endpoint: 'http://127.0.0.1:9'")).toContain('@opentelemetry')
})
