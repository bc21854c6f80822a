import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { openGateway, problem, type Respond, startService, type TestGateway } from './fixture'

const behaviours: Record<string, Respond> = {
  '/api/orders/breaks-off': () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error('gone')) })),
  '/api/orders/silent': () => Bun.sleep(20_000).then(() => new Response()),
  '/api/orders/own-problem': () =>
    new Response('{"status":409,"code":"out_of_stock"}', { status: 409, headers: { 'content-type': 'application/problem+json' } }),
  '/api/orders/own-404': () => Response.json({ code: 'not_yours' }, { status: 404 }),
  '/api/orders/busy': () => Response.json({ code: 'busy' }, { status: 503, headers: { 'retry-after': '7' } }),
  '/api/orders/busier': () => Response.json({ code: 'busy' }, { status: 503 }),
  '/api/orders/own-id': () => new Response('', { headers: { 'x-request-id': 'not-the-one', 'x-powered-by': 'somebody' } }),
}

const order = startService(
  'order',
  (request, received) => behaviours[new URL(request.url).pathname]?.(request, received) ?? Response.json(received),
)
/** Closes the connection without an answer. */
const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: socket => void socket.end() } })
/** A process that accepts no connections any more, as one on a host that hangs: once its queue is full, nobody gets an answer. */
const openUnresponsive = async () => {
  const listen = "const { port } = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } }); console.log(port)"
  const child = Bun.spawn([process.execPath, '-e', listen], { stdout: 'pipe' })
  const { value } = await child.stdout.getReader().read()
  const port = Number(new TextDecoder().decode(value))
  child.kill('SIGSTOP')
  const connected: Socket[] = []
  const isAccepted = () =>
    new Promise<boolean>(settle => {
      const socket = connect(port, '127.0.0.1', () => settle(true))
      socket.setTimeout(300, () => settle(false)).on('error', () => settle(false))
      connected.push(socket)
    })
  while (connected.length < 10_000 && (await isAccepted()));
  const close = () => {
    child.kill('SIGKILL')
    for (const socket of connected) socket.destroy()
  }
  return { address: `127.0.0.1:${port}`, close }
}
let unresponsive: Awaited<ReturnType<typeof openUnresponsive>>
let gateway: TestGateway
beforeAll(async () => {
  unresponsive = await openUnresponsive()
  gateway = await openGateway(
    {
      order: [order.address],
      payment: [`127.0.0.1:${silent.port}`],
      cart: [unresponsive.address],
      shipping: [unresponsive.address, order.address],
    },
    { UPSTREAM_TIMEOUT: '1' },
  )
})
afterAll(async () => {
  await gateway.close()
  unresponsive.close()
  await order.stop()
  silent.stop(true)
})

const long = 'a'.repeat(9000)

describe('Nginx’s own errors are problem documents, never HTML', () => {
  const ask: Record<string, () => Promise<Response>> = {
    '404 not_found': () => gateway.fetch('/nothing/here'),
    '413 payload_too_large': () => gateway.fetch('/api/orders', { method: 'POST', body: 'a'.repeat(2 ** 20 + 1) }),
    '414 bad_request': () => gateway.fetch(`/api/orders/${long}`),
    '431 bad_request': () => gateway.fetch('/api/orders', { headers: { 'x-long': long } }),
    '400 bad_request': () => gateway.fetch('/api/orders/a%2fb'),
    '502 bad_gateway': () => gateway.fetch('/api/payments', { method: 'POST', body: '{}' }),
    '503 service_unavailable': () => gateway.fetch('/api/tax/quote', { method: 'POST', body: '{}' }),
    '503 service_unavailable, when no instance accepts a connection in time': () => gateway.fetch('/api/cart'),
    '504 gateway_timeout': () => gateway.fetch('/api/orders/silent'),
  }

  test.each(Object.keys(ask))('%s', async what => {
    const response = await ask[what]!()
    const [expected] = what.split(',')
    const body = await problem(response)
    expect(`${response.status} ${body.code}`).toBe(expected!)
    expect(body).toMatchObject({ type: 'about:blank', status: response.status, contentType: 'application/problem+json', sameId: true })
    expect(body.title.length * body.detail.length).toBeGreaterThan(0)
    expect(response.headers.get('retry-after')).toBe(response.status === 503 ? '2' : null)
  })

  test.each<[string, string, number?]>([
    ['NUL in the path', 'GET /%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST /api/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a negative length', 'POST /api/orders HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['a bad host', 'GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['a path above the root', 'GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a method that is not allowed', 'TRACE /health HTTP/1.1\r\nHost: a\r\n\r\n', 405],
  ])('a malformed request gets a problem document: %s', async (_, text, expected = 400) => {
    const { status, head, body } = await gateway.raw(text)
    expect([status, JSON.parse(body).status]).toEqual([expected, expected])
    expect(head).toContain('application/problem+json')
    expect(head.toLowerCase()).toContain(`x-request-id: ${JSON.parse(body).request_id}`)
  })
})

test('an instance that accepts no connection is passed over, also for a request that creates something', async () => {
  for (let n = 0; n < 2; n++) expect((await gateway.fetch('/api/shipping/shipments', { method: 'POST', body: '{}' })).status).toBe(200)
})

describe('a service’s own answers', () => {
  test('pass unchanged, problems too', async () => {
    const conflict = await gateway.fetch('/api/orders/own-problem')
    expect([conflict.status, await conflict.text()]).toEqual([409, '{"status":409,"code":"out_of_stock"}'])
    expect((await (await gateway.fetch('/api/orders/own-404')).json()).code).toBe('not_yours')
  })

  test('keep their Retry-After, and a 503 without one gets it', async () => {
    expect((await gateway.fetch('/api/orders/busy')).headers.get('retry-after')).toBe('7')
    expect((await gateway.fetch('/api/orders/busier')).headers.get('retry-after')).toBe('2')
  })
})

describe('request ids', () => {
  test('a well-formed one is kept, passed to the service and returned', async () => {
    for (const id of ['a', 'order-42_x.Y', 'f'.repeat(128)]) {
      const response = await gateway.fetch('/api/orders', { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toBe(id)
      expect((await response.json()).headers['x-request-id']).toBe(id)
    }
  })

  test('a malformed one is replaced by one that Nginx makes', async () => {
    for (const id of ['', 'a b', 'a"b', 'x'.repeat(129), 'a/b', '{}']) {
      const response = await gateway.fetch('/api/orders', { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
      expect((await response.json()).headers['x-request-id']).toBe(response.headers.get('x-request-id'))
    }
  })

  test('it is in every answer once, whatever the service sends', async () => {
    for (const path of [
      '/api/orders/own-id',
      '/api/orders/own-404',
      '/nothing',
      '/api/tax',
      '/api/payments',
      '/health',
      '/docs',
      '/api/orders/a%2fb',
    ])
      expect((await gateway.fetch(path, { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id')).toBe('mine')
    expect((await gateway.fetch('/api/orders/own-id')).headers.get('x-powered-by')).toBeNull()
  })
})
