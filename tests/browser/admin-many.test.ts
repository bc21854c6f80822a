import { afterAll, expect, test } from 'bun:test'
import type { OwnReviewView } from '../../services/rating/model'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces } from '../shopper'
import { administrator, closeBrowser, open } from './browser'

expectNoDriftAfterwards()
afterAll(closeBrowser)

const ordersOf = async (count: number) => {
  const [product, ann] = await Promise.all([shop.addProduct(), shop.shopper()])
  return { ann, orders: await times(count, () => ann.place(pieces(product))) }
}

test('an act on many orders that fails for one goes on with the others, and is tried again as the same act', async () => {
  const { ann, orders } = await ordersOf(3)
  const path = `/api/orders/${orders[1]?.id}/cancel`
  await using opened = await open(`/admin/orders?user_id=${ann.id}`, { as: administrator(), expected: [`500 ${path}`] })
  const { page } = opened
  const keys: (string | undefined)[] = []
  page.on('request', request => new URL(request.url()).pathname === path && keys.push(request.headers()['idempotency-key']))
  await page.route(`**${path}`, route => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{}' }), { times: 1 })
  await page.getByRole('checkbox', { name: 'Select all rows of this page' }).check()
  await page.getByRole('button', { name: 'Cancel these orders' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('This cannot be taken back').waitFor()
  expect(keys).toEqual([])
  const confirm = dialog.getByRole('button', { name: 'Cancel these orders' })
  await confirm.click()
  await page.getByText('2 cancelled. 1 not cancelled yet; it stays selected.').first().waitFor()
  await dialog.getByText('Something went wrong on our side').waitFor()
  await page.getByText('1 selected').waitFor()
  await confirm.click()
  await page.getByText('1 cancelled.', { exact: true }).waitFor()
  for (const { id } of orders) await ann.untilOrder(id, 'cancelled')
  expect(await page.getByText(/\d selected/).count()).toBe(0)
  expect(keys).toEqual([expect.stringMatching(/./), keys[0]])
  expect(opened.wrong).toEqual([])
})

test('what is chosen is what is shown: another filter or another page takes the choice away', async () => {
  const { ann } = await ordersOf(1)
  await using opened = await open(`/admin/orders?user_id=${ann.id}`, { as: administrator() })
  const { page } = opened
  const chosen = page.getByText('1 selected')
  await page.getByRole('checkbox', { name: 'Select this row' }).check()
  await chosen.waitFor()
  await page.getByLabel('State').selectOption('delivered')
  await page.getByText('No orders here').waitFor()
  await chosen.waitFor({ state: 'detached' })
  await page.getByLabel('State').selectOption('')
  await page.getByRole('checkbox', { name: 'Select this row' }).check()
  await page.getByRole('link', { name: 'Products' }).click()
  await chosen.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Orders' }).click()
  await page.getByRole('checkbox', { name: 'Select this row' }).first().waitFor()
  expect(await chosen.count()).toBe(0)
  expect(opened.wrong).toEqual([])
})

test('reviews are published several at once after a question, also where one of them is gone', async () => {
  const [product, ...people] = await Promise.all([shop.addProduct(), ...Array.from({ length: 4 }, shop.shopper)])
  const [author, ...readers] = people
  const comment = `Not for me, and not for ${author?.id}.`
  const review = await author?.call<OwnReviewView>('POST', `/api/products/${product.id}/reviews`, { body: { rating: 1, comment } })
  for (const reader of readers) await reader.call('POST', `/api/ratings/${review?.id}/report`, { body: {} })
  const path = `/api/ratings/${review?.id}/approve`
  await using opened = await open('/admin/reviews', { as: administrator(), expected: [`404 ${path}`] })
  const { page } = opened
  await page.locator('main section').filter({ hasText: comment }).getByRole('checkbox').check()
  await author?.call('DELETE', `/api/ratings/${review?.id}`)
  await page.getByRole('status').getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click()
  await page.getByText('0 published. 1 no longer there.').first().waitFor()
  await page.getByText(comment).waitFor({ state: 'detached' })
  expect(await page.getByText(/\d selected/).count()).toBe(0)
  expect(opened.wrong).toEqual([])
})
