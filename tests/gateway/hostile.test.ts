import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openGateway, problem, startService, type TestGateway } from './fixture'

/** No client may make an instance unavailable to the others, and every refusal is one of the gateway's problem documents. */

const allowed = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

describe('a client whose requests make instances close the connection', () => {
  // Closes the connection at `/hang-up`, as Bun does on a request that it cannot parse.
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
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await openGateway({ order: instances.map(({ port }) => `127.0.0.1:${port}`) })
  })
  afterAll(async () => {
    await gateway.close()
    for (const one of instances) one.stop(true)
  })

  test('makes none unavailable to other clients', async () => {
    for (let round = 0; round < 20; round++) {
      expect((await gateway.fetch('/api/orders/hang-up', { method: ['GET', 'POST', 'DELETE'][round % 3]! })).status).toBe(502)
      const others = await Promise.all(Array.from({ length: 10 }, () => gateway.fetch('/api/orders')))
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 200))
    }
  })
})

describe('in front of real Bun servers', () => {
  const instances = [startService('order'), startService('order')]
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await openGateway({ order: instances.map(({ address }) => address), cart: [instances[0]!.address] })
  })
  afterAll(async () => {
    await gateway.close()
    for (const one of instances) await one.stop()
  })
  const reached = () => instances.reduce((sum, { seen }) => sum + seen.length, 0)
  const raw = (line: string, headers: string[] = []) =>
    gateway.raw(`${line} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n${headers.map(header => `${header}\r\n`).join('')}\r\n`)

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

  test('headers larger than a service accepts are refused by the gateway', async () => {
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
    expect((await gateway.fetch('/api/orders', { headers: { authorization: `Bearer ${'x'.repeat(3000)}` } })).status).toBe(200)
  })

  test('a client’s claims about its address, its trace or its identity reach no service', async () => {
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
    const { headers } = await gateway.echo('/api/orders', { headers: forged })
    const kept = Object.keys(forged).filter(name => headers[name] !== undefined)
    expect([kept, headers['x-forwarded-for']]).toEqual([['x-forwarded-for'], '127.0.0.1'])
  })

  test('malformed and unusual requests leave both instances available', async () => {
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
      // `raw` keeps waiting where the answer has no body or no length. Only the answers to other clients count here.
      await Promise.race([raw(line, headers).catch(() => {}), Bun.sleep(200)])
      const others = await Promise.all(Array.from({ length: 8 }, () => gateway.fetch('/api/orders')))
      expect([line, ...others.map(({ status }) => status)]).toEqual([line, ...others.map(() => 200)])
    }
  })
})

describe('the paths of the documentation', () => {
  test('do not redirect, and do not repeat the Host header', async () => {
    const service = startService('discovery')
    await using gateway = await openGateway({ discovery: [service.address] })
    for (const path of ['/docs/assets', '/docs/assets/']) {
      const response = await gateway.fetch(path, { headers: { host: 'evil.example' } })
      expect([response.headers.get('location'), await problem(response)]).toMatchObject([null, { status: 404, code: 'not_found' }])
    }
    expect((await gateway.fetch('/docs/assets/swagger-ui.css')).status).toBe(200)
    await service.stop()
  })
})

describe('writes to a cart', () => {
  test('without a token have their own rate limit; reads and writes with a token do not count', async () => {
    const service = startService('cart')
    await using gateway = await openGateway({ cart: [service.address] }, { GUEST_CART_RATE_LIMIT: '1', GUEST_CART_RATE_BURST: '3' })
    const refusedOf = async (init: BunFetchRequestInit) => {
      const all = await Promise.all(Array.from({ length: 12 }, (_, at) => gateway.fetch(at % 2 ? '/api/cart' : '/api/v1/cart/items', init)))
      return all.filter(({ status }) => status === 429)
    }
    for (const method of ['POST', 'DELETE']) {
      const refused = await refusedOf({ method })
      expect(refused.length).toBeGreaterThan(0)
      for (const response of refused)
        expect([response.headers.get('retry-after'), await problem(response)]).toMatchObject(['1', { status: 429, code: 'rate_limited' }])
    }
    expect(await refusedOf({})).toEqual([])
    expect(await refusedOf({ method: 'POST', body: '{}', headers: { authorization: 'Bearer x' } })).toEqual([])
    await service.stop()
  })
})
