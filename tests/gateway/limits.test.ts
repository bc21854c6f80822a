import { afterAll, describe, expect, test } from 'bun:test'
import { openGateway, problem, startAllServices } from './fixture'

const shop = startAllServices()
afterAll(() => shop.close())

const defaults = { RATE_LIMIT: '50', RATE_BURST: '100', AUTH_RATE_LIMIT: '5', AUTH_RATE_BURST: '10' }

/** How many of `count` requests at once passed, and one that was refused. */
const burst = async (count: number, ask: (i: number) => Promise<Response>) => {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => ask(i)))
  return { passed: answers.filter(({ status }) => status === 200).length, refused: answers.find(({ status }) => status === 429) }
}

describe('rate limits', () => {
  test('are 100 at once and 50 a second by default, 10 and 5 for logging in and out, registration and renewal in every spelling, and none for webhooks', async () => {
    // Empty: prepare.sh sets its defaults.
    const nothing = Object.fromEntries(Object.keys(defaults).map(name => [name, '']))
    await using gateway = await openGateway(shop.upstreams, nothing)
    const spellings = [
      '/auth/login',
      '/api/users/login',
      '/api/v1/users/login/',
      '/auth/register/',
      '/api/users/register',
      '/api/users/login/mfa',
      '/api/users/refresh',
      '/api/users/logout',
    ]
    const started = performance.now()
    const logins = await burst(40, i => gateway.fetch(spellings[i % spellings.length]!, { method: 'POST' }))
    const seconds = () => (performance.now() - started) / 1000
    expect(logins.passed).toBeGreaterThanOrEqual(11)
    expect(logins.passed).toBeLessThanOrEqual(11 + 5 * seconds() + 1)

    const reads = await burst(300, () => gateway.fetch('/api/orders'))
    expect(reads.passed).toBeGreaterThanOrEqual(101 - logins.passed - 40)
    expect(reads.passed).toBeLessThanOrEqual(101 + 50 * seconds() + 1)
    expect(reads.refused?.headers.get('retry-after')).toBe('1')
    expect(await problem(reads.refused!)).toMatchObject({
      status: 429,
      code: 'rate_limited',
      contentType: 'application/problem+json',
      sameId: true,
    })

    const webhooks = await burst(300, () => gateway.fetch('/api/payments/webhooks/stripe', { method: 'POST', body: '{}' }))
    expect(webhooks).toEqual({ passed: 300, refused: undefined })
  })

  test('apply to each address, or network of IPv6, which only a trusted proxy may name', async () => {
    const few = { ...defaults, RATE_LIMIT: '1', RATE_BURST: '4' }
    const from = (i: number) => ({ headers: { 'x-forwarded-for': `10.0.0.${i}` } })

    /** Ten requests at once of one client: five pass, and one more for each second that they take. */
    const expectOneClient = async (ask: (i: number) => Promise<Response>) => {
      const started = performance.now()
      const { passed } = await burst(10, ask)
      expect(passed).toBeGreaterThanOrEqual(5)
      expect(passed).toBeLessThanOrEqual(5 + (performance.now() - started) / 1000)
    }

    await using alone = await openGateway(shop.upstreams, few)
    await expectOneClient(i => alone.fetch('/api/orders', from(i)))

    await using behind = await openGateway(shop.upstreams, { ...few, TRUSTED_PROXIES: '127.0.0.0/8, 10.9.0.0/16' })
    expect((await burst(10, i => behind.fetch('/api/orders', from(i)))).passed).toBe(10)
    await expectOneClient(i => behind.fetch('/api/orders', { headers: { 'x-forwarded-for': `2001:db8:0:1:${i}::${i}` } }))
    const networks = await burst(10, i => behind.fetch('/api/orders', { headers: { 'x-forwarded-for': `2001:db8:${i + 1}:1::5` } }))
    expect(networks.passed).toBe(10)
    for (const address of ['2001:db8::7', '::7', '::ffff:10.1.1.1'])
      await expectOneClient(() => behind.fetch('/api/orders', { headers: { 'x-forwarded-for': address } }))
    const chain = { headers: { 'x-forwarded-for': '1.1.1.1, 10.0.0.50, 10.9.0.1' } }
    expect((await behind.echo('/api/orders', chain)).headers['x-forwarded-for']).toBe('10.0.0.50')
  })
})

describe('bodies', () => {
  test('are accepted up to 1 MiB, and up to 64 MiB by the import of products', async () => {
    await using gateway = await openGateway(shop.upstreams)
    const post = async (path: string, bytes: number) => (await gateway.fetch(path, { method: 'POST', body: new Uint8Array(bytes) })).status
    expect(await post('/api/products', 2 ** 20)).toBe(200)
    expect(await post('/api/products', 2 ** 20 + 1)).toBe(413)
    expect(await post('/api/products/507f/reviews', 2 ** 20 + 1)).toBe(413)
    expect(await post('/api/products/import', 2 ** 21)).toBe(200)
    expect(await post('/api/v1/products/import/', 2 ** 21)).toBe(200)
    const tooLong = `POST /api/products/import HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${64 * 2 ** 20 + 1}\r\n\r\n`
    expect((await gateway.raw(tooLong)).status).toBe(413)
  })
})

describe('settings', () => {
  test.each([
    [{ RATE_LIMIT: 'fast' }, 'RATE_LIMIT must be a number'],
    [{ TLS_CERT: '/tmp/cert.pem' }, 'TLS_CERT and TLS_KEY go together'],
    [{ CORS_ORIGINS: 'http://a";}' }, 'plain lists'],
  ])('%j is refused with a reason', async (settings: Record<string, string>, reason) => {
    await expect(openGateway({}, settings)).rejects.toThrow(reason)
  })
})
