import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Opened, openGateway, problem, startService } from './fixture'

/** No client may take an instance away from the others, or get an answer that is not the gateway's own kind of error. */

const allowed = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

describe('a client that makes instances hang up', () => {
  // Answers `/hang-up` by closing the connection, as Bun itself does on a request that it cannot parse.
  const instance = () =>
    Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data(socket, bytes) {
          if (bytes.toString().includes('/hang-up')) socket.end()
          else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
        },
      },
    })
  const instances = [instance(), instance()]
  let door: Opened
  beforeAll(async () => {
    door = await openGateway({ order: instances.map(({ port }) => `127.0.0.1:${port}`) })
  })
  afterAll(async () => {
    await door.close()
    for (const one of instances) one.stop(true)
  })

  test('takes no instance away from anybody else', async () => {
    for (let round = 0; round < 20; round++) {
      expect((await door.fetch('/api/orders/hang-up', { method: ['GET', 'POST', 'DELETE'][round % 3]! })).status).toBe(502)
      const others = await Promise.all(Array.from({ length: 10 }, () => door.fetch('/api/orders')))
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 200))
    }
  })
})

describe('with real instances of Bun behind it', () => {
  const instances = [startService('order'), startService('order')]
  let door: Opened
  beforeAll(async () => {
    door = await openGateway({ order: instances.map(({ address }) => address), cart: [instances[0]!.address] })
  })
  afterAll(async () => {
    await door.close()
    for (const one of instances) await one.die()
  })
  const reached = () => instances.reduce((sum, { seen }) => sum + seen.length, 0)
  const raw = (line: string, headers: string[] = []) =>
    door.raw(`${line} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n${headers.map(header => `${header}\r\n`).join('')}\r\n`)

  test.each(['FOO', 'A', 'BREW', 'GETX', 'PROPFIND', 'QUERY', 'TRACE', 'CONNECT', 'LINK'])(
    'the method %s is refused, and no service sees it',
    async method => {
      const before = reached()
      for (const path of ['/api/orders', '/api/payments/webhooks/sandbox', '/auth/login', '/health', '/nothing']) {
        const answer = await raw(`${method} ${path}`)
        expect([answer.status, answer.head.includes('application/problem+json'), JSON.parse(answer.body).code]).toEqual([
          405,
          true,
          'method_not_allowed',
        ])
        expect(answer.head).toContain(`Allow: ${allowed}`)
      }
      expect(reached()).toBe(before)
    },
  )

  test.each(['%00', '%0a', '%0D', '%09', '%1b', '%7f', '%2e%2e', '%2F', '%5c'])(
    '%s in a path is refused, and no service sees it',
    async part => {
      const before = reached()
      for (const path of [`/api/orders${part}`, `/api/orders/${part}x`, `/api${part}/orders`]) {
        const answer = await raw(`GET ${path}`)
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'bad_request'])
      }
      expect(reached()).toBe(before)
    },
  )

  test('headers that are larger than a service takes are refused by the gateway itself', async () => {
    const before = reached()
    const long = (name: string, length: number) => `${name}: ${'x'.repeat(length)}`
    const tooLarge = [
      [long('x-a', 5000)],
      Array.from({ length: 4 }, (_, i) => long(`x-${i}`, 4000)),
      Array.from({ length: 1500 }, (_, i) => `x-${i}: y`),
    ]
    for (const headers of tooLarge) {
      const answer = await raw('GET /api/orders', headers)
      expect([answer.status, JSON.parse(answer.body).status]).toEqual([431, 431])
    }
    const line = await raw(`GET /api/orders?${'x'.repeat(5000)}`)
    expect([line.status, JSON.parse(line.body).code]).toEqual([414, 'bad_request'])
    expect(reached()).toBe(before)
    expect((await door.fetch('/api/orders', { headers: { authorization: `Bearer ${'x'.repeat(3000)}` } })).status).toBe(200)
  })

  test('what a client says of its address, its trace or itself reaches no service', async () => {
    const forged = {
      'x-real-ip': '198.51.100.1',
      'x-client-ip': '198.51.100.1',
      'true-client-ip': '198.51.100.1',
      'cf-connecting-ip': '198.51.100.1',
      forwarded: 'for=198.51.100.1',
      'x-forwarded-for': '198.51.100.1, 198.51.100.2',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=b',
      baggage: 'a=b',
      upgrade: 'websocket',
      'x-user-id': '1',
    }
    const { headers } = await door.asked('/api/orders', { headers: forged })
    const kept = Object.keys(forged).filter(name => headers[name] !== undefined)
    expect([kept, headers['x-forwarded-for']]).toEqual([['x-forwarded-for'], '127.0.0.1'])
  })

  test('requests of every odd shape leave both instances in service', async () => {
    const odd: [string, string[]][] = [
      ['GET /api/orders', ['X-A: a\x01b']],
      ['GET /api/orders', ['X-A: caf\xc3\xa9']],
      ['GET /api/orders', Array.from({ length: 250 }, (_, i) => `x-${i}: y`)],
      ['GET /api/orders', ['Expect: 100-continue']],
      ['GET /api/orders', ['Upgrade: websocket', 'Sec-WebSocket-Key: AAAA', 'Sec-WebSocket-Version: 13']],
      ['GET /api/orders', ['TE: trailers', 'Trailer: X']],
      ['GET /api/orders', ['Content-Length: 0', 'Range: bytes=9-1']],
      ['HEAD /api/orders', ['Accept-Encoding: identity;q=0, *;q=0']],
      ['OPTIONS /api/orders', []],
      ['GET /api/orders?%00%0a', []],
      ['GET /api/orders/\'"<>{}|^`~', []],
      ['GET /api/orders/\u00ff', []],
    ]
    for (const [line, headers] of odd) {
      // Some are answered without a body or a length: only that the others are served counts here.
      await Promise.race([raw(line, headers).catch(() => {}), Bun.sleep(200)])
      const others = await Promise.all(Array.from({ length: 8 }, () => door.fetch('/api/orders')))
      expect([line, ...others.map(({ status }) => status)]).toEqual([line, ...others.map(() => 200)])
    }
  })
})

describe('addresses of the documents', () => {
  test('are no redirects, and repeat no Host', async () => {
    const service = startService('discovery')
    await using door = await openGateway({ discovery: [service.address] })
    for (const path of ['/docs/assets', '/docs/assets/']) {
      const response = await door.fetch(path, { headers: { host: 'evil.example' } })
      expect([response.headers.get('location'), await problem(response)]).toMatchObject([null, { status: 404, code: 'not_found' }])
    }
    expect((await door.fetch('/docs/assets/swagger-ui.css')).status).toBe(200)
    await service.die()
  })
})

describe('writes to a cart', () => {
  test('without a token have a limit of their own; reads and signed-in customers do not', async () => {
    const service = startService('cart')
    await using door = await openGateway({ cart: [service.address] }, { GUEST_CART_RATE_LIMIT: '1', GUEST_CART_RATE_BURST: '3' })
    const statuses = async (init: BunFetchRequestInit) => {
      const all = await Promise.all(Array.from({ length: 12 }, () => door.fetch('/api/v1/cart/items', init)))
      return all.filter(({ status }) => status === 429).length
    }
    expect(await statuses({ method: 'POST', body: '{}' })).toBeGreaterThanOrEqual(7)
    expect(await statuses({})).toBe(0)
    expect(await statuses({ method: 'POST', body: '{}', headers: { authorization: 'Bearer x' } })).toBe(0)
    const refused = await door.fetch('/api/cart', { method: 'DELETE' })
    expect([refused.headers.get('retry-after'), await problem(refused)]).toMatchObject(['1', { status: 429, code: 'rate_limited' }])
    await service.die()
  })
})
