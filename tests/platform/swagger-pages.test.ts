import { afterAll, describe, expect, test } from 'bun:test'
import { released, type ServiceName, services } from '#shared/platform'
import { closeBrowser, gateway, visit } from '../browser/browser'
import { shop, unique } from '../shop'

const pages = released.flatMap((service: ServiceName) => services[service].resources.map(resource => ({ service, resource })))
afterAll(closeBrowser)

const open = async (path: string) => {
  const { context, wrong } = await visit(gateway)
  const page = await context.newPage()
  await page.goto(path)
  return { page, wrong, close: () => context.close() }
}

describe('documentation in a browser without internet', () => {
  test.each(pages)('the Swagger page of $resource shows its routes, and the console stays empty', async ({ resource }) => {
    const { page, wrong, close } = await open(`/api/${resource}/docs`)
    await page.locator('.opblock').first().waitFor()
    const paths = await page.locator('.opblock-summary-path').allTextContents()
    expect(paths.map(path => path.replaceAll('\u200b', '')).some(path => path.startsWith('/'))).toBe(true)
    expect(await page.locator('.errors-wrapper').count()).toBe(0)
    // Its schemas resolve.
    await page.locator('.opblock-summary-control').first().click()
    await page.locator('.opblock-body').first().waitFor()
    expect(await page.locator('.errors-wrapper').count()).toBe(0)
    expect(wrong).toEqual([])
    await close()
  })

  test('/docs links to the page of every service', async () => {
    const { page, wrong, close } = await open('/docs')
    const links = await page.locator('tbody th a').evaluateAll(all => all.map(link => link.getAttribute('href')))
    expect(links).toEqual(Object.values(services).map(({ resources }) => `/api/${resources[0]}/docs`))
    expect(wrong).toEqual([])
    await page.locator('tbody th a', { hasText: 'users' }).click()
    await page.locator('.opblock').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/api/users/docs')
    await close()
  })

  test('/docs shows the health of every service, and finds routes and errors', async () => {
    const { page, wrong, close } = await open('/docs')
    await page
      .locator('td.up')
      .nth(released.length - 1)
      .waitFor()
    await page.locator('#filter').fill('placeorder')
    expect(await page.locator('#routes li').count()).toBe(1)
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('#filter').fill('out_of_stock')
    expect(await page.locator('#errors li').first().textContent()).toContain('out_of_stock 409: there is less of a product')
    expect(await page.locator('#errors li small').first().textContent()).toContain('placeOrder')
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(wrong).toEqual([])
    await close()
  })

  test('who signs in at /docs is authorised on every Swagger page', async () => {
    const [username, password] = [`reader-${unique()}`, 'password-of-tests']
    const email = `${username}@example.com`
    await shop.guest.call('POST', '/auth/register', { body: { email, username, password, full_name: 'Ann Reader' } })
    const { page, wrong, close } = await open('/docs')
    await page.locator('input[name=name]').fill(username)
    await page.locator('input[name=password]').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText(`Signed in as ${email}`).waitFor()
    for (const resource of ['orders', 'cart']) {
      await page.goto(`/api/${resource}/docs`)
      await page.locator('.authorize.locked').first().waitFor()
    }
    await page.goto('/docs')
    await page.getByRole('button', { name: 'Forget the token' }).click()
    expect(await page.evaluate(() => localStorage.getItem('authorized'))).toBeNull()
    expect(wrong).toEqual([])
    await close()
  })
})
