import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { eventually } from '#shared/testing'
import { anyFreePort } from '../../scripts/ports'
import { openGateway, startService, type TestGateway } from './fixture'

const service = startService('product', (request, received) => {
  const size = Number(new URL(request.url).searchParams.get('size'))
  const headers = { 'access-control-allow-origin': '*', 'cache-control': 'max-age=60', 'content-type': 'application/json' }
  return new Response(size ? JSON.stringify('x'.repeat(size)) : JSON.stringify(received), { headers })
})
const upstreams = { product: [service.address], order: [service.address] }
/** With the longest name that a host may have. */
const longestOrigin = `https://${'long-name.'.repeat(24)}shop.example:65535`
let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway(upstreams, { CORS_ORIGINS: `http://localhost:3000, https://shop.example, ${longestOrigin}` })
})
afterAll(async () => {
  await gateway.close()
  await service.stop()
})

describe('CORS', () => {
  const preflight = (origin: string, path = '/api/v1/orders/') =>
    gateway.fetch(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x' },
    })

  test('Nginx answers preflights of the listed origins', async () => {
    const before = service.seen.length
    for (const path of ['/api/orders', '/api/products/1', '/api/tax/quote', '/auth/login']) {
      const { status, headers } = await preflight('https://shop.example', path)
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example'])
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(headers.get('access-control-allow-methods')).toContain(method)
      for (const name of ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'X-Cart-Id', 'X-Request-Id'])
        expect(headers.get('access-control-allow-headers')).toContain(name)
      expect([headers.get('access-control-max-age'), headers.get('vary')]).toEqual(['600', 'Origin'])
    }
    expect(service.seen.length).toBe(before)
  })

  test('an origin may be as long as a name may be', async () => {
    expect((await preflight(longestOrigin)).headers.get('access-control-allow-origin')).toBe(longestOrigin)
  })

  test('other origins get no CORS headers, neither on a preflight nor on a request', async () => {
    for (const origin of ['https://evil.example', 'https://shop.example.evil', 'http://shop.example', 'null']) {
      for (const response of [await preflight(origin), await gateway.fetch('/api/orders', { headers: { origin } })])
        expect([...response.headers.keys()].filter(name => name.startsWith('access-control'))).toEqual([])
    }
  })

  test('listed origins may read answers and problems, whatever CORS headers the service sends', async () => {
    for (const path of ['/api/orders', '/nothing', '/api/tax', '/api/orders/a%2fb']) {
      const { headers } = await gateway.fetch(path, { headers: { origin: 'http://localhost:3000' } })
      expect(headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
      expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id')
    }
    expect((await gateway.fetch('/api/orders')).headers.has('access-control-allow-origin')).toBe(false)
  })

  test('origins share the cache, and each gets its own Access-Control-Allow-Origin', async () => {
    await gateway.fetch('/api/products/7', { headers: { origin: 'http://localhost:3000' } })
    const { headers } = await gateway.fetch('/api/products/7', { headers: { origin: 'https://shop.example' } })
    expect([headers.get('x-cache'), headers.get('access-control-allow-origin')]).toEqual(['HIT', 'https://shop.example'])
  })
})

describe('every answer', () => {
  test('has each security header once', async () => {
    for (const path of ['/health', '/api/orders', '/api/products/1', '/nothing', '/api/tax', '/docs']) {
      const { headers } = await gateway.fetch(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toStartWith("default-src 'none'")
      expect(headers.get('server')).toBe('nginx')
      expect(headers.has('strict-transport-security')).toBe(false)
    }
  })

  test('is compressed when it is large and the client accepts it', async () => {
    const large = await gateway.fetch('/api/orders?size=5000', { headers: { 'accept-encoding': 'gzip' }, decompress: false })
    expect([large.headers.get('content-encoding'), large.headers.get('vary')]).toEqual(['gzip', 'Accept-Encoding, Origin'])
    expect((await large.arrayBuffer()).byteLength).toBeLessThan(500)
    const plain = await gateway.fetch('/api/orders?size=5000', { headers: { 'accept-encoding': 'identity' } })
    expect([plain.headers.get('content-encoding'), (await plain.text()).length]).toEqual([null, 5002])
    expect((await gateway.fetch('/api/orders?size=50', { headers: { 'accept-encoding': 'gzip' } })).headers.has('content-encoding')).toBe(
      false,
    )
  })

  test('is logged in a new file once the access log has grown past its limit, and the one before is kept', async () => {
    await using small = await openGateway({}, {}, { limitBytes: 500, everyMs: 20 })
    for (let n = 0; n < 5; n++) await small.fetch('/api/products')
    await eventually(() => ['access.log.1', 'access.log'].every(name => existsSync(join(small.dir, name))))
    expect(readFileSync(join(small.dir, 'access.log.1'), 'utf8')).toContain('/api/products')
  })

  test('is one line of JSON in the access log, without the query', async () => {
    await gateway.fetch('/api/v1/products/9/?email=a@b.c', { headers: { 'x-request-id': 'logged-1' } })
    await gateway.fetch('/nothing"', { headers: { 'x-request-id': 'logged-2' } })
    const lines = await eventually(() => {
      const found = readFileSync(join(gateway.dir, 'access.log'), 'utf8')
        .split('\n')
        .filter(line => line.includes('"logged-'))
      return found.length === 2 ? found.map(line => JSON.parse(line)) : undefined
    })
    expect(lines[0]).toMatchObject({ request_id: 'logged-1', method: 'GET', path: '/api/v1/products/9/', status: 200, cache: 'MISS' })
    expect(lines[0].upstream_seconds).toMatch(/^0\.\d{3}$/)
    expect(lines[1]).toMatchObject({ request_id: 'logged-2', status: 404, upstream: '' })
  })

  test('is logged without the token or the number that opens what its path names', async () => {
    const secret = 'dGhlLXNlY3JldA'
    const masked: Record<string, string> = {
      [`/api/cart/shared/${secret}/copy?a=b`]: '/api/cart/shared/-/copy',
      [`/api/v1/favourites/shared/${secret}`]: '/api/v1/favourites/shared/-',
      [`/api/notifications/unsubscribe/${secret}`]: '/api/notifications/unsubscribe/-',
      [`/api/shipping/track/${secret}/`]: '/api/shipping/track/-/',
      [`/lists/${secret}`]: '/lists/-',
      [`/track/${secret}`]: '/track/-',
      '/lists': '/lists',
    }
    for (const path of Object.keys(masked)) await gateway.fetch(path, { headers: { 'x-request-id': 'masked' } })
    const log = await eventually(() => {
      const text = readFileSync(join(gateway.dir, 'access.log'), 'utf8')
      return text.split('"masked"').length > Object.keys(masked).length ? text : undefined
    })
    const paths = log.split('\n').flatMap(line => (line.includes('"masked"') ? [JSON.parse(line).path] : []))
    expect(paths).toEqual(Object.values(masked))
    expect(log).not.toContain(secret)
  })
})

describe('with a certificate', () => {
  const dir = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [TLS_CERT, TLS_KEY] = [join(dir, 'cert.pem'), join(dir, 'key.pem')]
  const GATEWAY_TLS_PORT = String(anyFreePort())
  let safe: TestGateway
  const makeCertificate = () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    const files = ['-keyout', TLS_KEY, '-out', TLS_CERT]
    const made = Bun.spawnSync(['openssl', 'req', '-x509', '-nodes', '-days', '2', ...curve, ...subject, ...files])
    expect(made.stderr.toString() + made.exitCode).toEndWith('0')
  }
  beforeAll(async () => {
    makeCertificate()
    safe = await openGateway(upstreams, { TLS_CERT, TLS_KEY, GATEWAY_TLS_PORT })
  })
  afterAll(async () => {
    await safe.close()
    rmSync(dir, { recursive: true })
  })

  test('requests come over TLS, and HSTS keeps them there', async () => {
    expect(safe.url).toBe(`https://127.0.0.1:${GATEWAY_TLS_PORT}`)
    const response = await safe.fetch('/api/orders/1', { tls: { ca: readFileSync(TLS_CERT, 'utf8') } })
    expect((await response.json()).headers['x-forwarded-proto']).toBe('https')
    expect(response.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  })

  test('plain HTTP is redirected, with its path, query and method', async () => {
    const response = await fetch(`http://localhost:${safe.port}/api/v1/orders/?a=b`, { method: 'POST', redirect: 'manual' })
    expect(response.status).toBe(308)
    expect(response.headers.get('location')).toBe(`https://localhost:${GATEWAY_TLS_PORT}/api/v1/orders/?a=b`)
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
    expect((await fetch(`http://localhost:${safe.port}/health`)).status).toBe(200)
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is accepted', async version => {
    const options = {
      host: '127.0.0.1',
      port: Number(GATEWAY_TLS_PORT),
      minVersion: version,
      maxVersion: version,
      rejectUnauthorized: false,
    }
    const protocol = await new Promise((done, failed) => {
      const socket = connect(options, () => {
        done(socket.getProtocol())
        socket.destroy()
      }).once('error', failed)
    })
    expect(protocol).toBe(version)
  })

  test('a renewed certificate is served after SIGHUP', async () => {
    makeCertificate()
    const ca = readFileSync(TLS_CERT, 'utf8')
    const trusted = () => safe.fetch('/health', { tls: { ca }, keepalive: false }).then(({ ok }) => ok)
    await expect(trusted()).rejects.toThrow()
    process.kill(safe.process.pid, 'SIGHUP')
    await eventually(trusted)
  })
})
