import { afterAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { expectNoDriftAfterwards, shop } from '../shop'
import { closeBrowser, open } from './browser'
import { add, fillAddress, look, someone } from './people'

expectNoDriftAfterwards()
afterAll(closeBrowser)

const total = (page: Page) =>
  page
    .locator('dt', { hasText: /^Total$/ })
    .locator('xpath=following-sibling::dd[1]')
    .textContent()

test('a place without the standard option gets one that it has, at the price that is shown', async () => {
  const admin = await shop.admin()
  // A country to which no other test sends anything.
  const zone = await admin.call<{ id: number }>('POST', '/api/shipping/zones', { body: { name: 'Far away', countries: ['NZ'] } })
  for (const [option, price] of [
    ['express', 30],
    ['pickup', 5],
  ])
    await admin.call('POST', '/api/shipping/rates', {
      body: { zone_id: zone.id, option, currency: 'USD', price, days_min: 2, days_max: 4 },
    })
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/', { as: login })
  const { page } = opened
  await add(opened, product)
  await opened.go('/checkout')
  await page.getByLabel('Street and number').fill('1 Quay Street')
  await page.getByLabel('City').fill('Auckland')
  await page.getByLabel('Country').fill('NZ')
  await page.getByRole('radio', { name: /Express/, checked: true }).waitFor()
  await page.getByText('$30.00').nth(1).waitFor()
  const shown = await total(page)
  await page.getByRole('button', { name: 'Place the order' }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  const order = await api.orderOf(Number(page.url().split('/').at(-1)))
  expect([order.shipping_option, order.shipping, `$${order.total_amount.toFixed(2)}`]).toEqual(['express', 30, String(shown)])
  expect(opened.wrong).toEqual([])
})

test('the prices are those of the latest address, also after another tab was looked at', async () => {
  const [product, { login }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/', { as: login })
  const { page } = opened
  await add(opened, product)
  await opened.go('/checkout')
  // The quote of the first address never comes.
  await page.route('**/api/shipping/quotes', () => {}, { times: 1 })
  const asked = page.waitForRequest('**/api/shipping/quotes')
  await fillAddress(page)
  await asked
  await page.getByLabel('Country').fill('DE')
  const [{ url }] = await Promise.all([
    page.waitForResponse(/\/api\/cart\?country=DE/).then(response => ({ url: response.url() })),
    page.waitForResponse(response => response.url().endsWith('/quotes') && response.request().postData()?.includes('"DE"') === true),
  ])
  const again = page.waitForRequest(/\/api\/cart/)
  await look(page, 'visible')
  expect((await again).url()).toBe(url)
  expect(opened.wrong).toEqual([])
})
