import { afterAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { expectNoDriftAfterwards, shop } from '../shop'
import { pieces, until } from '../shopper'
import { closeBrowser, open } from './browser'
import { add, fillAddress, openAccount, someone } from './people'

expectNoDriftAfterwards()
afterAll(closeBrowser)

const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).first().waitFor()
const pay = async (page: Page, card: string) => {
  await page.getByLabel('Pay with').selectOption({ label: card })
  await page.getByRole('button', { name: /^Pay \$/ }).click()
}
describe('a purchase', () => {
  test('of a guest: cart, account, address, 3-D Secure, packed', async () => {
    const product = await shop.addProduct({ price: 25 })
    await using opened = await open('/')
    const { page } = opened
    await add(opened, product)
    await page.getByRole('link', { name: /^Cart/ }).click()
    await page.getByText('$25.00').first().waitFor()
    await page.getByRole('link', { name: 'Checkout' }).click()
    await openAccount(page)
    await fillAddress(page)
    await page.getByText('3–7 days').waitFor()
    await page.getByRole('button', { name: 'Place the order' }).click()

    await page.waitForURL(/\/orders\/\d+$/)
    await status(page, 'Waiting for payment')
    await pay(page, 'Card with 3-D Secure')
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, pay' }).click()
    await status(page, 'Being packed')
    await page.getByText('The goods left the shelf').waitFor()
    // What was ordered has left the cart, in the header too.
    await page.getByRole('link', { name: 'Cart', exact: true }).waitFor()
    expect(opened.wrong).toEqual([])
  })

  test('is refused by the bank, says so, and succeeds with another card', async () => {
    const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
    const order = await api.place(pieces(product))
    await using opened = await open(`/orders/${order.id}`, { as: login })
    await pay(opened.page, 'Card that is declined')
    await opened.page.getByText('Your bank declined the card').waitFor()
    await pay(opened.page, 'Card that works')
    await status(opened.page, 'Being packed')
    expect((await api.moneyOf(order.id)).captured).toEqual([order.total_amount])
    expect(opened.wrong).toEqual([])
  })

  test('by a transfer that is given up, and then by card', async () => {
    const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
    const order = await api.place(pieces(product))
    await using opened = await open(`/orders/${order.id}`, { as: login })
    await pay(opened.page, 'Bank transfer')
    await status(opened.page, 'Waiting for your transfer')
    await opened.page.getByRole('button', { name: 'Pay in another way' }).click()
    await pay(opened.page, 'Card that works')
    await status(opened.page, 'Being packed')
    expect((await api.moneyOf(order.id)).captured).toEqual([order.total_amount])
    expect(opened.wrong).toEqual([])
  })

  test('of which the bank answers late shows the outcome by itself', async () => {
    const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
    const order = await api.place(pieces(product))
    await using opened = await open(`/orders/${order.id}`, { as: login })
    await pay(opened.page, 'Card whose bank answers late')
    await opened.page.getByText('The payment is under way').waitFor()
    await status(opened.page, 'Being packed')
    expect(opened.wrong).toEqual([])
  })

  test('is one order, however often the button is clicked, and the way back leads to no second one', async () => {
    const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
    await using opened = await open('/', { as: login })
    await add(opened, product)
    await opened.go('/cart')
    await opened.page.getByRole('link', { name: 'Checkout' }).click()
    await fillAddress(opened.page)
    await opened.page.getByText('3–7 days').waitFor()
    await opened.page.getByRole('button', { name: 'Place the order' }).click({ clickCount: 3, delay: 5 })
    await opened.page.waitForURL(/\/orders\/\d+$/)
    await opened.page.goBack()
    await opened.page.getByRole('heading', { name: 'Cart', exact: true }).waitFor()
    await opened.page.getByText('Your cart is empty').waitFor()
    await opened.page.goForward()
    await status(opened.page, 'Waiting for payment')
    expect((await api.call<{ total: number }>('GET', '/api/orders')).total).toBe(1)
    expect(opened.wrong).toEqual([])
  })

  test('survives a break of the connection: the page says what happened, and nothing is paid twice', async () => {
    const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
    const order = await api.place(pieces(product))
    await using opened = await open(`/orders/${order.id}`, { as: login })
    await opened.context.setOffline(true)
    await pay(opened.page, 'Card that works')
    await opened.page.getByText('The shop could not be reached').first().waitFor()
    await opened.context.setOffline(false)
    await pay(opened.page, 'Card that works')
    await status(opened.page, 'Being packed')
    expect((await api.moneyOf(order.id)).captured).toEqual([order.total_amount])
    expect(opened.wrong.filter(line => !line.includes('INTERNET_DISCONNECTED'))).toEqual([])
  })

  test('goes on where it was after the session was ended elsewhere', async () => {
    const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
    await using opened = await open('/', { as: login, expected: ['401 /api/orders', '401 /auth/refresh'] })
    const { page } = opened
    await add(opened, product)
    await opened.go('/checkout')
    await fillAddress(page)
    await page.getByText('3–7 days').waitFor()
    const { items } = await api.call<{ items: { id: string; current: boolean }[] }>('GET', '/api/users/me/sessions')
    for (const { id } of items.filter(({ current }) => !current)) await api.call('DELETE', `/api/users/me/sessions/${id}`)
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.getByLabel('E-mail or username').fill(login.username)
    await page.getByLabel('Password').fill(login.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await fillAddress(page)
    await page.getByText('3–7 days').waitFor()
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.waitForURL(/\/orders\/\d+$/)
    expect((await api.call<{ total: number }>('GET', '/api/orders')).total).toBe(1)
    expect(opened.wrong.filter(line => !line.startsWith('401'))).toEqual([])
  })
})

test('two tabs have one cart', async () => {
  const [first, second] = await Promise.all([shop.addProduct({ price: 20 }), shop.addProduct({ price: 30 })])
  await using opened = await open(`/products/${first.id}`)
  const other = await opened.context.newPage()
  await other.goto(`/products/${second.id}`)
  await opened.page.getByRole('button', { name: 'Add to cart' }).click()
  await other.getByRole('link', { name: 'Cart 1 piece', exact: true }).waitFor()
  await other.getByRole('button', { name: 'Add to cart' }).click()
  await opened.page.getByRole('link', { name: 'Cart 2 pieces' }).waitFor()
  await opened.go('/cart')
  for (const price of ['$20.00', '$30.00']) await opened.page.getByText(price).first().waitFor()
  expect(opened.wrong).toEqual([])
})

test('a number that is reached by the keyboard through others is the one that counts', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  await api.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 1 } })
  await using opened = await open('/cart', { as: login })
  const { page } = opened
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/api/cart/items/*', async route => {
    await released
    await route.continue()
  })
  const quantity = page.getByLabel('Quantity')
  await quantity.focus()
  const first = page.waitForRequest('**/api/cart/items/*')
  await quantity.press('ArrowDown')
  await first
  for (const _ of Array(2)) await quantity.press('ArrowDown')
  release()
  await page.getByRole('link', { name: 'Cart 4 pieces' }).waitFor()
  expect(await quantity.inputValue()).toBe('4')
  expect(await api.call<{ item_count: number }>('GET', '/api/cart')).toMatchObject({ item_count: 4 })
  expect(opened.wrong).toEqual([])
})

test('what was delivered can be sent back in part', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  const order = await api.buy(pieces(product, 2))
  await shop.deliver((await api.untilShipment(order.id)).id)
  await api.untilOrder(order.id, 'delivered')
  await using opened = await open(`/orders/${order.id}`, { as: login })
  await opened.page.getByRole('button', { name: 'Send back' }).click()
  const dialog = opened.page.getByRole('dialog')
  await dialog.getByLabel(product.name).selectOption('1')
  await dialog.getByLabel('Reason').fill('One is enough.')
  await dialog.getByRole('button', { name: 'Send back' }).click()
  await opened.page.getByText('Asked for').waitFor()
  const { items } = await api.call<{ items: { id: number; lines: { quantity: number }[] }[] }>('GET', `/api/orders/${order.id}/returns`)
  expect(items.map(({ lines }) => lines.map(({ quantity }) => quantity))).toEqual([[1]])
  const admin = await shop.admin()
  for (const step of ['approve', 'receive']) await admin.call('POST', `/api/orders/returns/${items[0]?.id}/${step}`)
  await opened.page.reload()
  await opened.page.getByText('Received', { exact: true }).waitFor()
  await until(async () => (await api.moneyOf(order.id)).held === order.total_amount - 20)
  const body = { lines: [{ product_id: product.id, quantity: 1 }], reason: 'The other one, too.' }
  const { id } = await api.call<{ id: number }>('POST', `/api/orders/${order.id}/returns`, { body })
  await admin.call('POST', `/api/orders/returns/${id}/reject`, { body: { reason: 'It was worn.' } })
  await opened.page.reload()
  await opened.page.getByText('The shop: It was worn.').waitFor()
  expect(opened.wrong).toEqual([])
})

test('an address that is no text names nothing', async () => {
  await using opened = await open('/lists/%FF', { expected: [400, 404, 422].map(status => `${status} /api/favourites/shared/%25FF`) })
  await opened.page.getByRole('heading', { name: 'A shared wishlist' }).waitFor()
  expect(opened.wrong).toEqual([])
})

test('a search suggests, forgives mistakes, narrows down, and says what to do when nothing is left', async () => {
  await using opened = await open('/')
  const { page } = opened
  const box = page.getByRole('combobox', { name: 'Search the shop' })
  await box.fill('coff')
  await page.getByRole('option').first().waitFor()
  await box.fill('cofee')
  await box.press('Enter')
  await page.waitForURL(/keyword=cofee/)
  await page.getByText('Pour-over coffee set').first().waitFor()
  await page.getByRole('checkbox', { name: /Food/ }).check()
  await page.waitForURL(/category=/)
  await page.getByText('Ethiopia Yirgacheffe coffee beans').first().waitFor()
  await page.getByText('Pour-over coffee set').first().waitFor({ state: 'detached' })
  await opened.go('/search?keyword=qqqqqqqqqqqq')
  await page.getByText('Nothing fits all of this').waitFor()
  expect(opened.wrong).toEqual([])
})
