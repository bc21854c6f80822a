import type { Page } from 'playwright-core'
import { type Login, shop, unique } from '../shop'
import { shopperOf } from '../shopper'
import type { Opened } from './browser'

/** Somebody new, known to the API and able to sign in to the pages. */
export const someone = async () => {
  const [username, password] = [`page-${unique()}`, 'password-of-pages']
  await shop.guest.call('POST', '/auth/register', {
    body: { email: `${username}@example.com`, username, password, full_name: 'Page Reader' },
  })
  const { user_id, access_token }: Login = await shop.login({ username, password })
  return { login: { username, password }, api: shopperOf(user_id, shop.as(access_token)) }
}

/** A guest becomes somebody new on the page where an account is opened. */
export const openAccount = async (page: Page) => {
  const name = `guest-${unique()}`
  await page.getByLabel('Full name').fill('Guest Buyer')
  await page.getByLabel('E-mail').fill(`${name}@example.com`)
  await page.getByLabel('Username').fill(name)
  await page.getByLabel('Password').fill('password-of-pages')
  await page.getByRole('button', { name: 'Open an account' }).click()
}

export const fillAddress = async (page: Page) => {
  await page.getByLabel('Street and number').fill('18 Alder Street')
  await page.getByLabel('Postal code').fill('97205')
  await page.getByLabel('City').fill('Portland')
  await page.getByLabel('State or region').fill('OR')
  await page.getByLabel('Country').fill('US')
}

/** Puts a product into the cart from its page. */
export const add = async ({ page, go }: Opened, { id }: { id: string }) => {
  await go(`/products/${id}`)
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByText('It is in your cart.').first().waitFor()
}

/** What the page is told when its tab is left or looked at again: a browser without a window has no tabs to change. */
export const look = (page: Page, visibilityState: 'hidden' | 'visible') =>
  page.evaluate(state => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, visibilityState)
