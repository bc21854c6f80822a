import { afterAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { shop, unique } from '../shop'
import { pieces } from '../shopper'
import { closeBrowser, type Opened, open, settled, widths } from './browser'
import { look, someone } from './people'

afterAll(closeBrowser)

/** The account menu is in the header of whoever is signed in. */
const account = (page: Page) => page.locator('header summary')
const register = async (page: Page, name: string) => {
  for (const [field, value] of Object.entries({
    full_name: 'Ann Example',
    email: `${name}@example.com`,
    username: name,
    password: 'password-of-pages',
  }))
    await page.locator(`input[name=${field}]`).fill(value)
  await page.locator('main button[type=submit]').click()
}
/** What went wrong, but for the connection that the test broke. */
const otherwise = ({ wrong }: Opened) => wrong.filter(line => !/ERR_FAILED|INTERNET_DISCONNECTED/.test(line))

test('a new account signs in at the second try, and goes on where its owner was', async () => {
  await using opened = await open('/sign-in?then=/wishlist')
  const { page } = opened
  await page.getByRole('link', { name: 'No account yet' }).click()
  await page.route('**/auth/login', route => route.abort(), { times: 1 })
  const name = `half-${unique()}`
  await register(page, name)
  await page.getByText('The shop could not be reached').waitFor()
  await page.locator('main button[type=submit]').click()
  await page.waitForURL('**/wishlist')
  await account(page).waitFor()
  expect(otherwise(opened)).toEqual([])
})

test('whoever changes the password after half an account was opened learns that there is one, and signs in with the first', async () => {
  await using opened = await open('/register?then=/wishlist', { expected: ['409 /auth/register'] })
  const { page } = opened
  await page.route('**/auth/login', route => route.abort(), { times: 1 })
  const name = `half-${unique()}`
  await register(page, name)
  await page.getByText('The shop could not be reached').waitFor()
  await page.locator('input[name=password]').fill('another-password')
  await page.locator('main button[type=submit]').click()
  await page.getByText('There is an account with this e-mail.').waitFor()
  await page.getByRole('link', { name: 'I have an account' }).click()
  await page.getByLabel('E-mail or username').fill(name)
  await page.getByLabel('Password').fill('password-of-pages')
  await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/wishlist')
  await account(page).waitFor()
  expect(otherwise(opened)).toEqual([])
})

test('the last page of a list that has been emptied gives way to the one before', async () => {
  const { login, api } = await someone()
  const products = await Promise.all(Array.from({ length: 21 }, () => shop.addProduct()))
  for (const { id } of products) await api.call('POST', '/api/favourites', { body: { product_id: id } })
  await using opened = await open('/wishlist?page=2', { as: login })
  await opened.page.getByRole('button', { name: /^Remove/ }).click()
  await opened.page.waitForURL(url => url.pathname === '/wishlist' && url.search === '')
  await opened.page
    .getByRole('button', { name: /^Remove/ })
    .nth(19)
    .waitFor()
  expect(opened.wrong).toEqual([])
})

test('signing in again helps where the profile could not be read', async () => {
  const { login } = await someone()
  await using opened = await open('/sign-in')
  const { page } = opened
  await page.route('**/api/users/me', route => route.abort())
  await page.getByLabel('E-mail or username').fill(login.username)
  await page.getByLabel('Password').fill(login.password)
  const button = page.locator('main').getByRole('button', { name: 'Sign in' })
  await button.click()
  await page.getByText('The shop could not be reached').waitFor()
  await page.unroute('**/api/users/me')
  await button.click()
  await account(page).waitFor()
  expect(otherwise(opened)).toEqual([])
})

test('a new password leaves this page signed in', async () => {
  const { login } = await someone()
  await using opened = await open('/account?tab=security', { as: login })
  const { page } = opened
  await page.getByLabel('Current password').first().fill(login.password)
  await page.getByLabel('New password').fill('another-password-of-pages')
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('The password is changed.').waitFor()
  await page.getByText('Chrome · Linux').first().waitFor()
  await page.reload()
  await account(page).waitFor()
  expect(opened.wrong).toEqual([])
})

test('what is being filled in stays when a message comes', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open('/account?tab=preferences', { as: login })
  const { page } = opened
  const tick = page.getByRole('group', { name: 'Price drop' }).getByRole('checkbox', { name: 'E-mail' })
  const before = await tick.isChecked()
  await tick.setChecked(!before)
  const told = page.waitForResponse(/\/api\/notifications\?unread/)
  await api.place(pieces(product))
  await told
  await settled(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  const { kinds } = await api.call<{ kinds: { price_drop: { email: boolean } } }>('GET', '/api/notifications/preferences')
  expect(kinds.price_drop.email).toBe(!before)
  expect(opened.wrong).toEqual([])
})

test('only a tab that is looked at has a stream', async () => {
  const { login } = await someone()
  await using opened = await open('/', { as: login })
  const { page } = opened
  const begun = () => page.waitForRequest('**/api/notifications/stream')
  const first = begun()
  await page.reload()
  await first
  const ended = page.waitForEvent('requestfailed', request => request.url().endsWith('/stream'))
  await look(page, 'hidden')
  await ended
  const second = begun()
  await look(page, 'visible')
  await second
  expect(opened.wrong).toEqual([])
})

test('a phone number can be taken away again', async () => {
  const { login, api } = await someone()
  await api.call('PATCH', '/api/users/me', { body: { phone: '0123456789' } })
  await using opened = await open('/account', { as: login })
  const { page } = opened
  await page.getByLabel('Phone').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  expect(await api.call<{ phone: unknown }>('GET', '/api/users/me')).toMatchObject({ phone: null })
  expect(opened.wrong).toEqual([])
})

test('an account is erased with its password alone, and not while an order is under way', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  const order = await api.place(pieces(product))
  // With the account its session is over, so there is none to end.
  const erasing = ['401 /api/users/me', '409 /api/users/me', '401 /auth/logout', '401 /auth/refresh']
  await using opened = await open('/account?tab=data', { as: login, expected: erasing })
  const { page } = opened
  const erase = async (password: string) => {
    await page.getByLabel('Current password').fill(password)
    await page.getByRole('button', { name: 'Delete the account' }).click()
  }
  await erase('not-the-password')
  await page.getByText('The current password or the code is not right.').waitFor()
  await erase(login.password)
  await page.getByText('An order is still under way.').waitFor()
  await api.cancel(order.id)
  await api.untilOrder(order.id, 'cancelled')
  await erase(login.password)
  await page.waitForURL(url => url.pathname === '/')
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  expect(await account(page).count()).toBe(0)
  expect((await shop.guest.ask('POST', '/auth/login', { body: login })).status).toBe(401)
  expect(opened.wrong).toEqual([])
})

test('the shop opens where the browser lets no page store anything', async () => {
  await using opened = await open('/')
  const { page } = opened
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('forbidden', 'SecurityError')
        },
      })
    Object.defineProperty(window, 'BroadcastChannel', {
      value: class {
        constructor() {
          throw new DOMException('forbidden', 'SecurityError')
        }
      },
    })
    navigator.locks.request = () => Promise.reject(new DOMException('forbidden', 'SecurityError'))
  })
  await opened.go('/search')
  await page.locator('main h1').waitFor()
  await page.locator('footer select').selectOption('ko')
  await page.getByText('시연용 상점입니다').waitFor()
  expect(opened.wrong).toEqual([])
})

test('the open tab of the account is in sight on a phone', async () => {
  const { login } = await someone()
  await using opened = await open('/account?tab=data', { as: login, width: 'phone' })
  const tab = opened.page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Your data' })
  const { x = 0, width = Number.NaN } = (await tab.boundingBox()) ?? {}
  expect(x + width).toBeLessThanOrEqual(widths.phone)
  expect(opened.wrong).toEqual([])
})
