import { afterAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { expectNoDriftAfterwards, shop } from '../shop'
import { closeBrowser, open, settled, signIn } from './browser'
import { add, fillAddress, look, openAccount, someone } from './people'

expectNoDriftAfterwards()
afterAll(closeBrowser)

const totals = (page: Page) => page.locator('dt', { hasText: /^Total$/ }).locator('xpath=following-sibling::dd[1]')
const total = (page: Page) => totals(page).textContent()
const money = (amount: number, currency: string) => new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount)
const options = { standard: 'Standard', express: 'Express', pickup: 'Pick it up yourself' }
type Option = keyof typeof options
const option = (page: Page, name: Option) => page.getByRole('radio', { name: options[name] })
/** Chooses an option, and waits until it is priced. */
const choose = async (page: Page, name: Option) => {
  await Promise.all([page.waitForResponse(new RegExp(`/api/cart\\?.*shipping_option=${name}`)), option(page, name).check()])
  await settled(page)
}
const order = async (page: Page) => {
  await page.getByRole('button', { name: 'Place the order' }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  return Number(page.url().split('/').at(-1))
}

/** A country to which no other test sends anything, with its prices in two currencies. */
const addZone = async (country: string, prices: Partial<Record<Option, number>>) => {
  const admin = await shop.admin()
  const zone = await admin.call<{ id: number }>('POST', '/api/shipping/zones', { body: { name: `To ${country}`, countries: [country] } })
  for (const [option, price] of Object.entries(prices))
    for (const [currency, rate] of [['USD', 1] as const, ['KRW', 1300] as const]) {
      const body = { zone_id: zone.id, option, currency, price: price * rate, days_min: 2, days_max: 4 }
      await admin.call('POST', '/api/shipping/rates', { body })
    }
}

test('a place has the options that it has: what was chosen before is given up there, and what is shown is ordered', async () => {
  await addZone('NZ', { express: 30, pickup: 5 })
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/', { as: login, expected: ['400 /api/cart'] })
  const { page } = opened
  await add(opened, product)
  await opened.go('/checkout')
  await fillAddress(page)
  await page.getByText('3–7 days').waitFor()
  for (const name of ['express', 'standard'] as const) await choose(page, name)
  await page.getByLabel('Country').fill('NZ')
  await page.getByText('2–4 days').first().waitFor()
  await page.getByRole('radio', { name: /Express/, checked: true }).waitFor()
  await page.getByText('$30.00').nth(1).waitFor()
  await settled(page)
  const shown = await total(page)
  const { shipping_option, shipping, total_amount } = await api.orderOf(await order(page))
  expect([shipping_option, shipping, money(total_amount, 'USD')]).toEqual(['express', 30, String(shown)])
  expect(opened.wrong).toEqual([])
})

test('the total that is shown is that of the order, whatever is chosen, with free shipping, and in another currency', async () => {
  await addZone('FJ', { standard: 10, express: 25.5, pickup: 4 })
  const rate = { country: 'FJ', rate: 12.5, valid_from: '2020-01-01' }
  await (await shop.admin()).call('POST', '/api/tax/rates', { body: rate })
  const free = await shop.addCoupon({ kind: 'free_shipping', value: 0 })
  const { login, api } = await someone()
  const address = { line1: '1 Victoria Parade', city: 'Suva', country: 'FJ', is_default: true }
  await api.call('POST', '/api/users/me/addresses', { body: address })
  await using opened = await open('/', { as: login })
  const { page } = opened
  const carriage: unknown[] = []
  for (const [price, currency, code] of [[20, 'USD'] as const, [20, 'USD', free.code] as const, [20_010, 'KRW'] as const]) {
    const product = await shop.addProduct({ price, currency })
    for (const name of ['express', 'pickup'] as const) {
      await api.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 1 } })
      if (code) await api.call('POST', '/api/cart/coupon', { body: { code } })
      await opened.go('/checkout')
      await page.getByText('2–4 days').first().waitFor()
      await choose(page, name)
      const shown = [await total(page), await page.getByText(options[name]).locator('xpath=../following-sibling::span').textContent()]
      const { shipping_option, shipping, tax, total_amount } = await api.orderOf(await order(page))
      expect(shipping_option).toBe(name)
      expect(tax).toBeGreaterThan(0)
      expect(shown).toEqual([money(total_amount, currency), shipping === 0 ? 'free' : money(shipping, currency)])
      carriage.push(shipping)
    }
  }
  expect(carriage).toEqual([25.5, 4, 15.5, 0, 33_150, 5200])
  expect(opened.wrong).toEqual([])
})

test('the prices are those of the latest address, also after another tab was looked at', async () => {
  const [product, { login }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/', { as: login })
  const { page } = opened
  await add(opened, product)
  await opened.go('/checkout')
  // The prices for the first address never come.
  const first = /\/api\/cart\?country=US/
  await page.route(first, () => {}, { times: 1 })
  const asked = page.waitForRequest(first)
  await fillAddress(page)
  await asked
  await page.getByLabel('Country').fill('DE')
  const [{ url }] = await Promise.all([
    page.waitForResponse(/\/api\/cart\?country=DE/).then(response => ({ url: response.url() })),
    page.waitForResponse(response => response.url().endsWith('/quotes') && response.request().postData()?.includes('"DE"') === true),
  ])
  await settled(page)
  const again = page.waitForRequest(/\/api\/cart/)
  await look(page, 'visible')
  expect((await again).url()).toBe(url)
  expect(opened.wrong).toEqual([])
})

test('a place that is refused has no prices, however often it is asked for, and is given up when the page is left', async () => {
  const [product, { login }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/', { as: login, expected: ['400 /api/cart', '400 /api/shipping/quotes'] })
  const { page } = opened
  await add(opened, product)
  await opened.go('/checkout')
  await fillAddress(page)
  await page.getByText('3–7 days').waitFor()
  await totals(page).waitFor()
  const refused = () => page.waitForResponse(answer => answer.url().includes('country=Nowhere') && answer.status() === 400)
  for (const ask of [
    () => page.getByLabel('Country').fill('Nowhere'),
    () => look(page, 'visible'),
    () => page.getByRole('button', { name: 'Try again' }).first().click(),
  ]) {
    await Promise.all([refused(), ask()])
    await page.getByText('We do not know this country.').first().waitFor()
    await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
    expect(await totals(page).count()).toBe(0)
    // They do not come by themselves.
    expect(await page.getByText('The prices are not known right now.').count()).toBe(0)
  }
  await page.getByRole('link', { name: /^Cart/ }).click()
  await page.getByRole('heading', { name: 'Cart', exact: true }).waitFor()
  await totals(page).waitFor()
  await page.getByText('We do not know this country.').waitFor({ state: 'detached' })
  expect(opened.wrong).toEqual([])
})

test('what cannot be sent in its currency has no prices, and nobody is told to wait for them', async () => {
  const [product, { login }] = await Promise.all([shop.addProduct({ price: 20, currency: 'ISK' }), someone()])
  await using opened = await open('/', { as: login, expected: ['409 /api/shipping/quotes'] })
  const { page } = opened
  await add(opened, product)
  const told = page.getByText('We cannot send goods in this currency.')
  // Neither a text nor a skeleton says that they are on their way.
  const expectNoWait = async () => {
    await settled(page)
    expect(await page.getByText('The prices are not known right now.').count()).toBe(0)
    expect(await page.locator('main .skeleton').count()).toBe(0)
    expect(await totals(page).count()).toBe(0)
  }
  for (const path of ['/cart', '/checkout']) {
    await page.goto(path)
    await told.waitFor()
    await expectNoWait()
  }
  await fillAddress(page)
  await told.nth(1).waitFor()
  await expectNoWait()
  expect(opened.wrong).toEqual([])
})

test('the prices are for the address also after somebody else has signed in in another tab', async () => {
  await addZone('MV', { standard: 33 })
  const [product, first, second] = await Promise.all([shop.addProduct({ price: 20 }), someone(), someone()])
  await second.api.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 1 } })
  await using opened = await open('/', { as: first.login, expected: ['401 /api/cart'] })
  const { page } = opened
  await add(opened, product)
  await opened.go('/checkout')
  await fillAddress(page)
  await page.getByLabel('Country').fill('MV')
  await page.getByText('2–4 days').waitFor()
  await settled(page)
  await signIn(opened.context, second.login)
  const expired = { status: 401, contentType: 'application/problem+json', body: JSON.stringify({ code: 'token_expired' }) }
  await page.route(/\/api\/cart/, route => route.fulfill(expired), { times: 1 })
  await Promise.all([page.waitForResponse(answer => answer.url().includes('country=MV') && answer.ok()), look(page, 'visible')])
  await settled(page)
  const shown = await total(page)
  const { shipping, total_amount } = await second.api.orderOf(await order(page))
  expect([shipping, money(total_amount, 'USD')]).toEqual([33, String(shown)])
  expect(opened.wrong).toEqual([])
})

test('what a guest chose is priced for the address even if it comes into the cart of the new account late', async () => {
  await addZone('FO', { standard: 44 })
  const product = await shop.addProduct({ price: 20 })
  await using opened = await open('/')
  const { page } = opened
  await add(opened, product)
  await page.clock.install()
  await opened.go('/checkout')
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/api/cart/merge', async route => {
    await released
    await route.continue()
  })
  await openAccount(page)
  await fillAddress(page)
  await page.getByLabel('Country').fill('FO')
  // By then the place is asked for.
  await page.clock.runFor(600)
  release()
  await page.getByText('$44.00').first().waitFor()
  await settled(page)
  const shown = await total(page)
  expect(shown).toContain('.')
  await order(page)
  await page.getByText(String(shown)).first().waitFor()
  expect(opened.wrong).toEqual([])
})

test('prices that are not known come by themselves, in the cart and at the checkout', async () => {
  const [product, { login }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/', { as: login })
  const { page } = opened
  await add(opened, product)
  await page.clock.install()
  const unknown = page.getByText('The prices are not known right now.')
  for (const path of ['/cart', '/checkout']) {
    await page.route(/\/api\/cart(\?|$)/, async route => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), quote: null } })
    })
    await page.goto(path)
    await unknown.waitFor()
    expect(await totals(page).count()).toBe(0)
    await page.unroute(/\/api\/cart(\?|$)/)
    // Every five seconds they are asked for again.
    await page.clock.runFor(5000)
    await totals(page).waitFor()
    expect(await unknown.count()).toBe(0)
  }
  expect(opened.wrong).toEqual([])
})
