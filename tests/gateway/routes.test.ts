import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { services } from '#shared/platform'
import { upstreamsConf } from '../../scripts/gateway'
import { openGateway, serviceNames, startAllServices, type TestGateway } from './fixture'

const shop = startAllServices()
let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway(shop.upstreams)
})
afterAll(async () => {
  await gateway.close()
  await shop.close()
})

const resources = serviceNames.flatMap(service => services[service].resources.map(resource => ({ service, resource })))

describe('paths', () => {
  test.each(resources)('/api/$resource goes to $service, with its full path', async ({ service, resource }) => {
    for (const path of [`/api/${resource}`, `/api/${resource}/a/b?c=d%2Fe`, `/api/${resource}/docs`, `/api/${resource}/docs/json`])
      expect(await gateway.echo(path)).toMatchObject({ service, path })
  })

  test('/api/v1 is the same as /api, and slashes at the end or doubled do not matter', async () => {
    for (const path of ['/api/v1/orders/7', '/api/orders/7/', '/api/v1/orders/7/', '/api/orders/7//', '//api//v1///orders/7'])
      expect(await gateway.echo(`${path}?limit=1`)).toMatchObject({ service: 'order', path: '/api/orders/7?limit=1' })
    expect((await gateway.fetch('/api/v1/v1/orders')).status).toBe(404)
  })

  test('reviews below a product go to rating, the product itself does not', async () => {
    for (const path of ['/api/products/507f/reviews', '/api/v1/products/507f/reviews/'])
      expect(await gateway.echo(path)).toMatchObject({ service: 'rating', path: '/api/products/507f/reviews' })
    for (const path of ['/api/products/reviews', '/api/products/507f/reviewsx', '/api/products/507f/x/reviews'])
      expect(await gateway.echo(path)).toMatchObject({ service: 'product', path })
  })

  test('sign-in and the public keys go to user', async () => {
    for (const name of ['register', 'login', 'refresh', 'logout'])
      expect(await gateway.echo(`/auth/${name}/`, { method: 'POST' })).toMatchObject({
        service: 'user',
        path: `/auth/${name}`,
        method: 'POST',
      })
    expect(await gateway.echo('/.well-known/jwks.json')).toMatchObject({ service: 'user', path: '/.well-known/jwks.json' })
    expect((await gateway.fetch('/auth/else')).status).toBe(404)
  })

  test('/health is answered by Nginx, /health/services by discovery', async () => {
    await using alone = await openGateway({})
    const health = await alone.fetch('/health')
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    expect((await alone.fetch('/health/services')).status).toBe(503)
    expect(await gateway.echo('/health/services')).toMatchObject({ service: 'discovery', path: '/api/discovery/health' })
  })

  test('/docs lists every service’s documents, and its assets come from the platform', async () => {
    const page = await gateway.fetch('/docs/')
    const html = await page.text()
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    for (const service of serviceNames) {
      expect(html).toContain(`href="/api/${services[service].resources[0]}/docs"`)
      expect(html).toContain(`href="/api/${services[service].resources[0]}/docs/json"`)
    }
    expect(html).not.toMatch(/https?:\/\//)
    expect(await gateway.echo('/docs/assets/swagger-ui.css')).toMatchObject({ service: 'discovery', path: '/docs/assets/swagger-ui.css' })
  })

  test('/docs/openapi.json is the document of all services, from the gateway itself', async () => {
    const answer = await gateway.fetch('/docs/openapi.json')
    expect(answer.headers.get('content-type')).toBe('application/json')
    const { openapi, paths } = await answer.json()
    expect(openapi).toStartWith('3.')
    for (const { resources } of Object.values(services))
      for (const resource of resources) expect(Object.keys(paths).some(path => path.startsWith(`/api/${resource}`))).toBe(true)
    expect(Object.keys(paths).filter(path => path.includes('internal'))).toEqual([])
  })

  test('a path that only begins like a resource is 404', async () => {
    for (const path of [
      '/',
      '/api',
      '/api/productsx',
      '/api/nothing',
      '/apix/orders',
      '/API/orders',
      '/api/orders;x/1',
      '/docs/x',
      '/services',
    ])
      expect((await gateway.fetch(path)).status).toBe(404)
  })
})

describe('from outside', () => {
  const hidden = ['internal/orders', 'internal', 'metrics', 'INTERNAL/x', 'Metrics', 'ready', 'internal;x/y']
  const ways = [
    '/',
    '//',
    '/./',
    '/api/..//',
    '/api/orders/../../',
    '/%2e/',
    '/%2E%2e/',
    '/api/..%2f',
    '/api/orders/..%5c..%5c',
    '/api/orders\\..\\..\\',
    '/x/%00/../',
  ]
  const paths = ways
    .flatMap(way => hidden.map(name => way + name))
    .concat(['/%69nternal/x', '/intern%61l', '/%00', '/api/orders/%2e%2e/%2e%2e/metrics', '/internal%2fx'])

  test('internal routes and metrics cannot be reached in any spelling', async () => {
    const before = shop.seen().length
    const answers = await Promise.all(paths.map(path => gateway.raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)))
    for (const [i, { status, head }] of answers.entries()) {
      expect(`${paths[i]} ${[400, 404].includes(status)}`).toBe(`${paths[i]} true`)
      expect(head).toContain('application/problem+json')
    }
    expect(shop.seen().slice(before)).toEqual([])
  })

  test('encoded slashes, dots and NUL in a path are 400, and pass in a query', async () => {
    for (const path of ['/api/orders/a%2Fb', '/api/orders/%2e', '/api/orders/a%2eb', '/api/orders/%00', '/api/orders/a%5Cb', '/health%2f'])
      expect((await gateway.raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).status).toBe(400)
    expect(await gateway.echo('/api/search?keyword=a%2Fb%2e%5c')).toMatchObject({ path: '/api/search?keyword=a%2Fb%2e%5c' })
  })

  test('a service receives the normalised path, not the one that was sent', async () => {
    const { body } = await gateway.raw('GET /api/orders/./x/..//7%20%25#/../../internal HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(JSON.parse(body)).toMatchObject({ service: 'order', path: '/api/orders/7%20%25' })
  })

  test('headers that claim an identity, an address or a host are removed or replaced', async () => {
    const claims = {
      'x-user-id': '1',
      'x-user-role': 'admin',
      'X-User-Email': 'a@b.c',
      'x-user-name': 'a',
      'x-user-roles': 'admin',
      'x-user-permissions': '*',
    }
    const { headers } = await gateway.echo('/api/orders', { headers: { ...claims, 'x-forwarded-for': '9.9.9.9', host: 'evil.example' } })
    expect(Object.keys(headers).filter(name => name.startsWith('x-user-'))).toEqual([])
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', host: 'localhost', 'x-forwarded-host': 'evil.example' })
  })
})

describe('the files of upstream addresses', () => {
  const include = (name: string) => readFileSync(join(import.meta.dir, `../../gateway/upstreams/${name}.conf`), 'utf8')

  test('local.conf is what the launcher writes for one instance of each service', () => {
    const one = Object.fromEntries(serviceNames.map(name => [name, [`127.0.0.1:${services[name].port}`]]))
    expect(include('local').replace(/^#.*\n/, '')).toBe(upstreamsConf(one))
  })

  test.each(['compose', 'simple'])('%s.conf names every service, and resolves it again at run time', name => {
    for (const service of serviceNames) {
      const host = name === 'compose' ? `${service}-service` : 'platform'
      expect(include(name)).toContain(`upstream ${service} {\n  zone ${service} 64k;\n  server ${host}:${services[service].port} resolve `)
    }
  })
})
