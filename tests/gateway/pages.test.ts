import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openGateway, problem, startService, type TestGateway } from './fixture'

const service = startService('order')
const pages = mkdtempSync(join(tmpdir(), 'pages-'))
const script = 'export const text = 1\n'
let gateway: TestGateway
let without: TestGateway

beforeAll(async () => {
  for (const site of ['shop', 'admin', 'control']) {
    mkdirSync(join(pages, site, 'assets'), { recursive: true })
    writeFileSync(join(pages, site, 'index.html'), `<title>${site}</title>`)
    writeFileSync(join(pages, site, 'assets/main-abcd1234.js'), script)
    writeFileSync(join(pages, site, 'assets/main-abcd1234.js.gz'), gzipSync(script))
  }
  gateway = await openGateway({ order: [service.address] }, { WEB_DIR: pages })
  without = await openGateway({ order: [service.address] })
})
afterAll(async () => {
  await Promise.all([gateway.close(), without.close(), service.stop()])
  rmSync(pages, { recursive: true })
})

const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
const titleAt = async (path: string, init?: BunFetchRequestInit) => {
  const answer = await gateway.fetch(path, init)
  return [answer.status, await answer.text()]
}

describe('the pages', () => {
  test('of each site answer at every address of the site, so that it can be linked to', async () => {
    for (const path of ['/', '/products/7', '/orders/9/', '/cart?coupon=TEN', '/verify-email?token=x', '/track/AB%20C'])
      expect(await titleAt(path)).toEqual([200, '<title>shop</title>'])
    for (const path of ['/admin', '/admin/', '/admin/orders/7']) expect(await titleAt(path)).toEqual([200, '<title>admin</title>'])
    for (const path of ['/control', '/control/orders/7']) expect(await titleAt(path)).toEqual([200, '<title>control</title>'])
  })

  test('are asked for anew each time, and what they load is kept for ever', async () => {
    for (const path of ['/', '/admin', '/control/x']) expect((await gateway.fetch(path)).headers.get('cache-control')).toBe('no-cache')
    for (const path of ['/assets/main-abcd1234.js', '/admin/assets/main-abcd1234.js']) {
      const { status, headers } = await gateway.fetch(path)
      expect([status, headers.get('cache-control'), headers.get('content-type')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
        'text/javascript; charset=utf-8',
      ])
    }
  })

  test('are sent as they were compressed', async () => {
    const answer = await gateway.fetch('/assets/main-abcd1234.js', { headers: { 'accept-encoding': 'gzip' }, decompress: false })
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')?.includes('Accept-Encoding')]).toEqual(['gzip', true])
    expect(Buffer.from(await answer.arrayBuffer()).equals(gzipSync(script))).toBe(true)
    expect(await (await gateway.fetch('/assets/main-abcd1234.js', { headers: { 'accept-encoding': 'identity' } })).text()).toBe(script)
  })

  test('may run no script but their own files, and stand in no frame', async () => {
    const { headers } = await gateway.fetch('/products/7')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toStartWith("default-src 'self'; img-src 'self' data:;")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect([headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual(['nosniff', 'DENY'])
  })

  test('do not take the place of the API, and what is nowhere is 404 for everybody', async () => {
    expect(await gateway.echo('/api/orders/7')).toMatchObject({ service: 'order' })
    for (const path of ['/nothing', '/api/nothing', '/.env', '/assets/none.js', '/admin/assets/none.js', '/pages', '/pages/shop/none']) {
      const answer = await gateway.fetch(path)
      expect([answer.status, (await problem(answer)).code, answer.headers.get('cache-control')]).toEqual([404, 'not_found', null])
    }
    // A person gets a page that says so.
    expect(await titleAt('/nothing', browser)).toEqual([404, '<title>shop</title>'])
    expect((await problem(await gateway.fetch('/nothing', { ...browser, method: 'POST' }))).code).toBe('not_found')
    expect((await problem(await gateway.fetch('/orders/7', { method: 'POST' }))).status).toBe(405)
  })

  test('that were not built are 404, and the API works', async () => {
    for (const path of ['/', '/admin', '/products/7', '/nothing'])
      expect((await problem(await without.fetch(path, browser))).status).toBe(404)
    expect(await without.echo('/api/orders/7')).toMatchObject({ service: 'order' })
  })
})
