import { afterAll, expect, test } from 'bun:test'
import { shop, unique } from '../shop'
import { closeBrowser, open } from './browser'
import { someone } from './people'

afterAll(closeBrowser)

test('another variant has its own stock, and no more of it is ordered', async () => {
  const mark = unique()
  const variant = (size: string, stock: number) => ({ sku: `${size}-${mark}`, price: 20, stock, attributes: { size } })
  const product = await (await shop.admin()).call<{ id: string }>('POST', '/api/products', {
    body: {
      ...{ name: 'Shirt', description: 'Of linen', price: 20, category: 'Clothing', sku: `SHIRT-${mark}`, stock: 12 },
      variants: [variant('L', 10), variant('S', 2)],
    },
  })
  const { login, api } = await someone()
  await using opened = await open(`/products/${product.id}`, { as: login })
  const { page } = opened
  const quantity = page.getByLabel('Quantity')
  await quantity.selectOption('5')
  await page.getByText('S', { exact: true }).click()
  await page.getByText('Only 2 left').waitFor()
  expect(await quantity.inputValue()).toBe('2')
  // Who uses the keyboard sees where they are: the radio itself is out of sight.
  await page.getByRole('radio', { name: 'S', exact: true }).press('ArrowLeft')
  await page.getByText('In stock').waitFor()
  expect(await page.locator('label:has(> :focus)').evaluate(label => getComputedStyle(label).outlineStyle)).toBe('solid')
  await page.keyboard.press('ArrowRight')
  await page.getByText('Only 2 left').waitFor()
  await page.getByRole('button', { name: 'Add to cart' }).click()
  await page.getByText('It is in your cart.').waitFor()
  const cart = await api.call<{ items: { sku: string; quantity: number }[] }>('GET', '/api/cart')
  expect(cart.items).toMatchObject([{ sku: `S-${mark}`, quantity: 2 }])
  expect(opened.wrong).toEqual([])
})

test('reviews come in pages, and another order begins with the first', async () => {
  const product = await shop.addProduct({ price: 20 })
  const readers = await Promise.all(Array.from({ length: 11 }, someone))
  const admin = await shop.admin()
  for (const [at, { api }] of readers.entries()) {
    const body = { rating: at === 0 ? 1 : 5, title: `Review ${at}` }
    const { id, status } = await api.call<{ id: string; status: string }>('POST', `/api/products/${product.id}/reviews`, { body })
    if (status === 'waiting') await admin.call('POST', `/api/ratings/${id}/approve`)
  }
  await using opened = await open(`/products/${product.id}?sort=highest`)
  const { page } = opened
  const reviews = page.getByRole('article').getByRole('heading', { name: /^Review / })
  const pager = (rows: string) => page.getByRole('navigation', { name: rows })
  await pager('1–10 of 11').waitFor()
  expect(await reviews.count()).toBe(10)
  expect(await page.getByRole('button', { name: 'Previous' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Next' }).click()
  await pager('11–11 of 11').waitFor()
  expect(await reviews.allTextContents()).toEqual(['Review 0'])
  // Whoever turned the page by the keyboard or hears it goes on where the new one begins.
  expect(await page.locator('main :focus article h3').allTextContents()).toEqual(['Review 0'])
  expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
  await page.getByLabel('Sort by').selectOption('lowest')
  await pager('1–10 of 11').waitFor()
  await page.getByText('Review 0').waitFor()
  expect((await reviews.allTextContents())[0]).toBe('Review 0')
  expect(opened.wrong).toEqual([])
})

test('a review of one’s own is shown with the reason why others do not see it, and can be changed and deleted', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await using opened = await open(`/products/${product.id}`, { as: login })
  const { page } = opened
  await page.getByRole('button', { name: 'Write a review' }).click()
  await page.getByRole('dialog').getByLabel('Title').fill('Quick to arrive')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { name: 'Your review' }).waitFor()
  expect(await page.getByRole('button', { name: 'Write a review' }).count()).toBe(0)

  const { items } = await api.call<{ items: { id: string }[] }>('GET', '/api/ratings/me')
  const reason = 'It is about the delivery, not the product.'
  await (await shop.admin()).call('POST', `/api/ratings/${items[0]?.id}/reject`, { body: { reason, spam: false } })
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route(/\/api\/ratings\/me/, route => released.then(() => route.continue()), { times: 1 })
  await Promise.all([page.waitForRequest(/\/api\/ratings\/me/), page.waitForResponse(/\/api\/ratings\/product\/\w+\?/), page.reload()])
  await page.getByRole('heading', { name: 'Reviews' }).waitFor()
  // Until it is known that there is none, nobody can write a first one over it.
  expect(await page.getByRole('button', { name: 'Write a review' }).count()).toBe(0)
  release()
  await page.getByText(reason).waitFor()
  await page.getByRole('button', { name: 'Change' }).click()
  await page.getByRole('dialog').getByLabel('Title').fill('Small but good')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Small but good').first().waitFor()
  expect((await api.call<{ items: object[] }>('GET', '/api/ratings/me')).items).toMatchObject([{ title: 'Small but good' }])

  await page.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Write a review' }).waitFor()
  expect((await api.call<{ items: object[] }>('GET', '/api/ratings/me')).items).toEqual([])
  expect(opened.wrong).toEqual([])
})

test.each([
  ['EUR', '€10.00 – €20.00'],
  [undefined, '10 – 20'],
])('the price filters of a catalog whose currency is %p say %p', async (price_currency, told) => {
  await using opened = await open('/')
  const { page } = opened
  await page.route('**/api/search?*', async route => {
    const response = await route.fetch()
    const found = await response.json()
    const facets = { ...found.facets, price_ranges: [{ from: 10, to: 20, count: 3 }], price_currency }
    await route.fulfill({ response, json: { ...found, facets } })
  })
  await opened.go('/search')
  expect(await page.getByRole('group', { name: 'Price' }).getByRole('checkbox').first().locator('xpath=..').textContent()).toContain(told)
  expect(opened.wrong).toEqual([])
})
