import { afterAll, expect, test } from 'bun:test'
import { expectNoDriftAfterwards, shop } from '../shop'
import { pieces } from '../shopper'
import { closeBrowser, open, settled } from './browser'
import { someone } from './people'

expectNoDriftAfterwards()
afterAll(closeBrowser)

test('an order says who cancelled it', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  const [own, other] = await Promise.all([api.place(pieces(product)), api.place(pieces(product))])
  await Promise.all([api.cancel(own.id), (await shop.admin()).call('POST', `/api/orders/${other.id}/cancel`)])
  await using opened = await open(`/orders/${own.id}`, { as: login })
  await opened.page.getByText('You cancelled this order.').waitFor()
  await opened.go(`/orders/${other.id}`)
  await opened.page.getByText('The shop cancelled this order.').waitFor()
  expect(opened.wrong).toEqual([])
})

test('an order of somebody else looks like one that does not exist', async () => {
  const [product, owner, stranger] = await Promise.all([shop.addProduct({ price: 20 }), someone(), someone()])
  const { id } = await owner.api.place(pieces(product))
  const refused = [403, 404].flatMap(code => [`${code} /api/orders/${id}`, `${code} /api/orders/${id}/timeline`])
  await using opened = await open(`/orders/${id}`, { as: stranger.login, expected: refused })
  await opened.page.getByText('There is nothing here').first().waitFor()
  expect(opened.wrong.filter(line => !/^40[34]:/.test(line))).toEqual([])
})

test('an order is read again only after the answer before, and not once it is over', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  const { id } = await api.place(pieces(product))
  await using opened = await open('/', { as: login })
  const { page } = opened
  await page.clock.install()
  const isOrder = (url: URL) => url.pathname === `/api/orders/${id}`
  let asked = 0
  page.on('request', request => {
    if (isOrder(new URL(request.url()))) asked++
  })
  await opened.go(`/orders/${id}`)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route(isOrder, async route => {
    await released
    await route.continue()
  })
  // A reading begins that is held.
  await Promise.all([page.waitForRequest(request => isOrder(new URL(request.url()))), page.clock.runFor(2000)])
  asked = 0
  await page.clock.runFor(9000)
  expect(asked).toBe(0)
  release()

  await api.cancel(id)
  await api.untilOrder(id, 'cancelled')
  await page.clock.runFor(2500)
  await page.getByText('You cancelled this order.').waitFor()
  asked = 0
  await page.clock.runFor(9000)
  expect(asked).toBe(0)
  expect(opened.wrong).toEqual([])
})

test('the parcels of an order are read once more when it is over', async () => {
  const [product, { login, api }] = await Promise.all([shop.addProduct({ price: 20 }), someone()])
  const { id } = await api.buy(pieces(product))
  const parcel = await api.untilShipment(id)
  await using opened = await open('/', { as: login })
  const { page } = opened
  await page.clock.install()
  let asked = 0
  page.on('request', request => {
    if (new URL(request.url()).pathname === '/api/shipping/shipments') asked++
  })
  await opened.go(`/orders/${id}`)
  const card = page.locator('section, .card').filter({ has: page.getByRole('heading', { name: 'Parcels' }) })
  await card.getByText('Ready for the carrier').waitFor()
  await page.clock.pauseAt(Date.now() + 60_000)
  // A reading that is under way could find the order delivered, and the last one of the parcels would be over before it is counted.
  await settled(page)
  await shop.deliver(parcel.id)
  await api.untilOrder(id, 'delivered')
  await settled(page)
  asked = 0
  // The order is read every two seconds and the parcels every five: the order is the first to be over.
  await page.clock.runFor(2100)
  await page.getByRole('status').filter({ hasText: 'Delivered' }).first().waitFor()
  await card.getByText('Delivered').waitFor()
  expect(asked).toBe(1)
  await page.clock.runFor(20_000)
  expect(asked).toBe(1)
  expect(opened.wrong).toEqual([])
})

test('a price that has changed is shown with its product, in the reader’s language, and counts once it was seen', async () => {
  const [product, { login, api }, admin] = await Promise.all([shop.addProduct({ price: 20 }), someone(), shop.admin()])
  const address = { line1: '18 Alder Street', city: 'Portland', region: 'OR', country: 'US', is_default: true }
  await api.call('POST', '/api/users/me/addresses', { body: address })
  await api.call('POST', '/api/cart/items', { body: { product_id: product.id, quantity: 1 } })
  await using opened = await open('/checkout', { as: login, language: 'ko', expected: ['409 /api/orders'] })
  const { page } = opened
  await page.getByRole('group', { name: '주소' }).getByRole('radio').first().waitFor()
  await page.getByRole('definition').getByText('US$20.00').first().waitFor()
  await settled(page)
  await admin.call('PATCH', `/api/products/${product.id}`, { body: { price: 30 } })
  await page.getByRole('button', { name: '주문 확정' }).click()
  await page.getByText('가격이 바뀌었습니다.').waitFor()
  expect(await page.getByRole('alert').getByRole('listitem').allTextContents()).toEqual([product.name])
  await page.getByRole('definition').getByText('US$30.00').first().waitFor()
  await settled(page)
  await page.getByRole('button', { name: '주문 확정' }).click()
  await page.waitForURL(/\/orders\/\d+$/)
  expect(opened.wrong).toEqual([])
})
