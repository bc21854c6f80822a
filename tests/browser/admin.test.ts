import { afterAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import type { OwnReviewView } from '../../services/rating/model'
import { expectNoDriftAfterwards, shop, unique } from '../shop'
import { pieces, until } from '../shopper'
import { administrator, closeBrowser, open } from './browser'

expectNoDriftAfterwards()
afterAll(closeBrowser)

const admin = await shop.admin()
const asAdmin = (path: string) => open(path, { as: administrator() })
const inDialog = (page: Page, button: string) => page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click()

test('an administrator sends an order and refunds a part of it', async () => {
  const [product, ann] = await Promise.all([shop.addProduct({ price: 20 }), shop.shopper()])
  const order = await ann.buy(pieces(product))
  await ann.untilShipment(order.id)
  await using opened = await asAdmin(`/admin/orders/${order.id}`)
  const { page } = opened
  for (const step of ['picked up', 'in transit', 'delivered']) await page.getByRole('button', { name: step, exact: true }).click()
  await ann.untilOrder(order.id, 'delivered')
  await page.getByRole('button', { name: 'Refund' }).click()
  await page.getByLabel('Amount').fill('5')
  await page.getByLabel('Reason').fill('The box was dented.')
  await inDialog(page, 'Refund')
  await page.getByText('The box was dented.').waitFor()
  await until(async () => (await ann.moneyOf(order.id)).held === order.total_amount - 5)
  expect(opened.wrong).toEqual([])
})

test('an administrator cancels several orders at once, and hears which could not be', async () => {
  const [product, ann] = await Promise.all([shop.addProduct({ price: 20 }), shop.shopper()])
  const waiting = await ann.place(pieces(product))
  const sent = await ann.buy(pieces(product))
  await shop.deliver((await ann.untilShipment(sent.id)).id)
  await ann.untilOrder(sent.id, 'delivered')
  await using opened = await open(`/admin/orders?user_id=${ann.id}`, {
    as: administrator(),
    expected: [`409 /api/orders/${sent.id}/cancel`],
  })
  await opened.page.getByRole('checkbox', { name: 'Select all rows of this page' }).check()
  await opened.page.getByRole('button', { name: 'Cancel these orders' }).click()
  await inDialog(opened.page, 'Cancel these orders')
  await opened.page.getByText('1 cancelled. 1 cannot be cancelled; it stays selected.').first().waitFor()
  await opened.page.getByText('1 selected').waitFor()
  await ann.untilOrder(waiting.id, 'cancelled')
  expect((await ann.orderOf(sent.id)).status).toBe('delivered')
  expect(opened.wrong).toEqual([])
})

test('an administrator decides reviews, with a reason that the author reads', async () => {
  const [product, ann] = await Promise.all([shop.addProduct(), shop.shopper()])
  const comment = `Earn $$$ at home, visit http://win-${unique()}.example NOW and http://win.example!!!`
  const review = await ann.call<OwnReviewView>('POST', `/api/products/${product.id}/reviews`, {
    body: { rating: 5, title: 'FREE!!!', comment },
  })
  expect(review.status).toBe('waiting')
  await using opened = await asAdmin('/admin/reviews')
  const card = opened.page.locator('main section').filter({ hasText: comment })
  await card.getByRole('button', { name: 'Reject' }).click()
  await opened.page.getByRole('dialog').getByLabel('Reason').fill('It is advertising.')
  await inDialog(opened.page, 'Reject')
  await card.waitFor({ state: 'detached' })
  const { items } = await ann.call<{ items: OwnReviewView[] }>('GET', '/api/ratings/me')
  expect(items[0]).toMatchObject({ status: 'rejected', reason: 'It is advertising.' })
  expect(opened.wrong).toEqual([])
})

test('an administrator finds the returns that wait, and rejects one with a reason that the customer reads', async () => {
  const [product, ann] = await Promise.all([shop.addProduct({ price: 20 }), shop.shopper()])
  const order = await ann.buy(pieces(product))
  await shop.deliver((await ann.untilShipment(order.id)).id)
  await ann.untilOrder(order.id, 'delivered')
  const body = { lines: [{ product_id: product.id, quantity: 1 }], reason: `Too heavy ${unique()}` }
  const { id } = await ann.call<{ id: number }>('POST', `/api/orders/${order.id}/returns`, { body })
  await using opened = await asAdmin('/admin')
  const { page } = opened
  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Returns' }).click()
  const row = page.getByRole('row').filter({ hasText: body.reason })
  await row.getByRole('link', { name: `#${order.id}` }).click()
  await page.getByRole('button', { name: 'Reject' }).click()
  await page.getByRole('dialog').getByLabel('Reason').fill('It was worn.')
  await inDialog(page, 'Reject')
  await page.getByText('Rejected: It was worn.').waitFor()
  expect(await ann.call('GET', `/api/orders/returns/${id}`)).toMatchObject({ status: 'rejected', reject_reason: 'It was worn.' })
  await opened.go('/admin/returns')
  await page.getByRole('heading', { name: 'Returns' }).waitFor()
  await row.waitFor({ state: 'detached' })
  await page.getByLabel('State').selectOption('rejected')
  await row.waitFor()
  expect(opened.wrong).toEqual([])
})

test('an administrator adds a product, changes its stock, and takes it off sale', async () => {
  const name = `Lamp ${unique()}`
  await using opened = await asAdmin('/admin/products')
  const { page } = opened
  await page.getByRole('button', { name: 'Add a product' }).click()
  const form = page.getByRole('dialog')
  for (const [label, value] of [
    ['Name', name],
    ['Description', 'It gives light.'],
    ['Price', '30'],
    ['SKU', `LAMP-${unique()}`],
    ['Category', 'Home'],
    ['Opening stock', '7'],
  ] as const)
    await form.getByLabel(label, { exact: false }).first().fill(value)
  await inDialog(page, 'Add a product')
  const text =
    (await page
      .getByText(/^Product [0-9a-f]{24} is in the catalog/)
      .first()
      .textContent()) ?? ''
  const id = /[0-9a-f]{24}/.exec(text)?.[0] ?? ''
  await until(async () => (await shop.guest.ask('GET', `/api/inventory/${id}`)).status === 200)
  await opened.go(`/admin/products/${id}`)
  await page.getByRole('button', { name: 'Adjust' }).click()
  await page.getByLabel('Pieces').fill('-2')
  await page.getByLabel('Reason').fill('broken')
  await inDialog(page, 'Adjust')
  await shop.untilStock(id, { quantity: 5, reserved: 0 })
  await page.getByText('broken').waitFor()
  await page.getByRole('button', { name: 'Take off sale' }).click()
  await inDialog(page, 'Take off sale')
  await until(async () => (await admin.call<{ status: string }>('GET', `/api/products/${id}`)).status === 'archived')
  expect(opened.wrong).toEqual([])
})

test('what the API refuses is shown at its field, and nothing is lost of what was typed', async () => {
  await using opened = await open('/admin/campaigns', { as: administrator(), expected: ['400 /api/promotions', '422 /api/promotions'] })
  const { page } = opened
  await page.getByRole('button', { name: 'Add a campaign' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name').fill('Wrong')
  await form.getByLabel('Code').fill('no spaces here')
  await form.getByLabel('Value').fill('10')
  await inDialog(page, 'Add a campaign')
  await form.getByRole('alert').waitFor()
  expect(await form.getByLabel('Code').getAttribute('aria-invalid')).toBe('true')
  expect(await form.getByLabel('Name').inputValue()).toBe('Wrong')
  expect(opened.wrong).toEqual([])
})
