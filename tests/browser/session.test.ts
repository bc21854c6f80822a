import { afterAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { shop } from '../shop'
import { administrator, closeBrowser, gateway, open, settled } from './browser'

afterAll(closeBrowser)

const password = 'a long enough password 1'
const newLogin = async () => {
  const username = `visitor-${crypto.randomUUID().slice(0, 8)}`
  await shop.guest.call('POST', '/auth/register', {
    body: { email: `${username}@example.com`, username, password, full_name: 'Ann Example' },
  })
  return { username, password }
}
const signInByForm = async ({ page }: Awaited<ReturnType<typeof open>>, username: string, given: string) => {
  await page.getByLabel('E-mail or username').fill(username)
  await page.getByLabel('Password').fill(given)
  await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
}

/** The account menu is in the header of whoever is signed in. */
const account = (page: Page) => page.locator('header summary')
const signOut = async (page: Page) => {
  await account(page).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
}

test('a wrong password is explained, the right one signs in, and the session outlives the page', async () => {
  const { username } = await newLogin()
  await using visit = await open('/sign-in', { expected: ['401 /auth/login'] })
  await signInByForm(visit, username, 'not the password')
  await visit.page.getByText('The e-mail or the password is not right.').waitFor()
  await signInByForm(visit, username, password)
  await account(visit.page).waitFor()
  await visit.page.reload()
  await account(visit.page).waitFor()
  expect(visit.wrong).toEqual([])
})

test('however often the button is clicked, one request is sent', async () => {
  const { username } = await newLogin()
  await using visit = await open('/sign-in')
  const sent: string[] = []
  visit.page.on('request', request => request.method() === 'POST' && sent.push(new URL(request.url()).pathname))
  await visit.page.getByLabel('E-mail or username').fill(username)
  await visit.page.getByLabel('Password').fill(password)
  await visit.page.locator('main').getByRole('button', { name: 'Sign in' }).click({ clickCount: 4, delay: 1 })
  await account(visit.page).waitFor()
  expect(sent.filter(path => path === '/auth/login')).toEqual(['/auth/login'])
  expect(visit.wrong).toEqual([])
})

test('without a connection the page says so and stays, and goes on when the connection is back', async () => {
  await using visit = await open('/')
  await visit.page.clock.install()
  await visit.context.setOffline(true)
  await visit.page.getByText('You are offline.').waitFor()
  await visit.page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click()
  await visit.page.getByText('The shop could not be reached.').waitFor()
  await visit.context.setOffline(false)
  // Every five seconds the page is tried again.
  await visit.page.clock.runFor(5000)
  await visit.page.getByLabel('Password').waitFor()
  expect(await visit.page.getByText('You are offline.').count()).toBe(0)
  expect(visit.wrong.filter(line => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})

test('no script can read the session: not from a cookie, and not from what the browser stores', async () => {
  await using visit = await open('/', { as: await newLogin() })
  await account(visit.page).waitFor()
  const stored = await visit.page.evaluate(() => [document.cookie, JSON.stringify({ ...localStorage, ...sessionStorage })])
  expect(stored).toEqual(['', '{"shop.session":"cookie"}'])
  const [cookie, ...others] = await visit.context.cookies()
  expect([cookie?.httpOnly, cookie?.sameSite, cookie?.path, others.length]).toEqual([true, 'Strict', '/auth', 0])
  expect(visit.wrong).toEqual([])
})

test('after signing in the visitor is where they were, and never at another address', async () => {
  const login = await newLogin()
  for (const [then, at] of [
    ['/?lang=en', '/?lang=en'],
    ['//example.com/x', '/'],
    ['https://example.com/x', '/'],
  ] as const) {
    await using visit = await open(`/sign-in?then=${encodeURIComponent(then)}`)
    await signInByForm(visit, login.username, password)
    await visit.page.waitForURL(url => url.pathname !== '/sign-in')
    expect(visit.page.url()).toBe(gateway + at)
    expect(visit.wrong).toEqual([])
  }
})

test('two tabs share a session, and signing out in one signs out the other', async () => {
  await using visit = await open('/', { as: await newLogin() })
  const second = await visit.context.newPage()
  await Promise.all([second.goto('/'), visit.page.reload()])
  await Promise.all([settled(second), settled(visit.page)])
  for (const page of [second, visit.page]) await account(page).waitFor()
  await signOut(second)
  for (const page of [second, visit.page]) await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).waitFor()
  await visit.page.getByText('Your session has ended.').waitFor()
  expect(await second.getByText('Your session has ended.').count()).toBe(0)
  expect(visit.wrong).toEqual([])
})

test('a session that was ended elsewhere says so, and the page stays', async () => {
  const login = await newLogin()
  await using visit = await open('/', { as: login, expected: ['401 /auth/refresh'] })
  await account(visit.page).waitFor()
  const { access_token } = await shop.login(login)
  await shop
    .as(access_token)
    .call('POST', '/api/users/me/password', { body: { current_password: password, new_password: `${password} new` } })
  await visit.page.reload()
  await visit.page.getByText('Your session has ended.').waitFor()
  expect(visit.wrong).toEqual([])
})

test('the admin and the control room open for administrators, and tell customers where they are', async () => {
  for (const site of ['/admin', '/control']) {
    await using asAdmin = await open(site, { as: administrator() })
    await asAdmin.page.locator('main h1').waitFor()
    expect(await asAdmin.page.getByLabel('Password').count()).toBe(0)
    expect(asAdmin.wrong).toEqual([])
    await using asCustomer = await open(site, { as: await newLogin() })
    await asCustomer.page.getByText('This is for administrators.').waitFor()
    expect(asCustomer.wrong).toEqual([])
  }
})
