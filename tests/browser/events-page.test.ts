import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openGateway, type TestGateway } from '../gateway/fixture'
import { closeBrowser, visit } from './browser'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await openGateway({})
})
afterAll(async () => {
  await closeBrowser()
  await gateway?.close()
})

const open = async (hash = '') => {
  const { context, wrong } = await visit(gateway.url)
  const page = await context.newPage()
  await page.goto(`/docs/events${hash}`)
  await page.locator('main h2').waitFor()
  return { page, wrong, shown: page.locator('main') }
}

describe('/docs/events', () => {
  test('is served with the document, under a policy that allows scripts of this address alone', async () => {
    const answer = await gateway.fetch('/docs/events')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    const document = await gateway.fetch('/docs/asyncapi.json')
    expect(document.headers.get('content-type')).toBe('application/json')
    expect(await document.json()).toMatchObject({ asyncapi: '3.1.0' })
    // A new release shows at once.
    for (const path of ['', '/events', '/events.js', '/events.css', '/asyncapi.json'])
      expect((await gateway.fetch(`/docs${path}`)).headers.get('cache-control')).toBe('no-cache')
    expect((await gateway.fetch('/docs/events.html')).status).toBe(404)
  })

  test('shows the way of an event from its producer to its consumers, its fields, retries and dead letters', async () => {
    const { page, wrong, shown } = await open()
    await page.getByRole('searchbox').fill('coupon_code')
    await page.getByRole('navigation').getByRole('link', { name: 'order.created' }).click()
    await page.locator('main h2', { hasText: 'order.created' }).waitFor()
    const text = await shown.textContent()
    for (const part of ['order-events', 'inventory.order-events', 'reservation_expires_at', 'inventory.order-events.dlq', '1 s, 5 s, 30 s'])
      expect(text).toContain(part)
    expect(await shown.locator('.flow .row').count()).toBeGreaterThan(3)
    await shown.getByRole('link', { name: 'inventory', exact: true }).click()
    await page.locator('main h2', { hasText: 'inventory' }).waitFor()
    expect(await shown.textContent()).toContain('inventory.reserved')
    await page.goBack()
    await page.locator('main h2', { hasText: 'order.created' }).waitFor()
    expect(wrong).toEqual([])
  })

  test('shows a timer with its delay queues, and says when the address names nothing', async () => {
    const timer = await open('#event=order.payment-timeout')
    expect(await timer.shown.textContent()).toContain('order.payment-timeout.delay.transfer')
    for (const hash of ['#event=%E0%A4%A', '#service=<img src=x onerror=alert(1)>']) {
      const { wrong, shown } = await open(hash)
      expect(await shown.locator('h2').textContent()).toBe('Everybody')
      expect(wrong).toEqual([])
    }
  })

  test('says which messages a consumer receives when it does not want all', async () => {
    const { shown } = await open('#event=order-events.order.status_updated')
    expect(await shown.textContent()).toMatch(/only when \w+ is \w+/)
  })

  test('fits a phone', async () => {
    for (const hash of ['', '#event=order-events.order.created', '#service=order']) {
      const { page } = await open(hash)
      await page.setViewportSize({ width: 360, height: 800 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    }
  })
})
