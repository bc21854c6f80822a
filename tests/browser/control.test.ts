import { afterAll, beforeAll, expect, test } from 'bun:test'
import { isAlive, readState } from '../../scripts/state'
import { shop } from '../shop'
import { pieces, type Shopper } from '../shopper'
import { administrator, closeBrowser, open } from './browser'
import { giveUp } from './dead-letter'

let shopper: Shopper
let product: { id: string }
let orderId: number
beforeAll(async () => {
  ;[shopper, product] = await Promise.all([shop.shopper(), shop.addProduct({ stock: 100 })])
  orderId = (await shopper.buy(pieces(product))).id
})
afterAll(closeBrowser)

const asAdmin = (path: string, more: Parameters<typeof open>[1] = {}) => open(path, { as: administrator(), ...more })

/** Kills a process of the platform, if it runs; the launcher starts it again within a second. */
const kill = (service: string) => {
  const found = readState(String(Bun.env.TEST_STACK_DIR))?.members.find(({ name }) => name === service)
  if (found && isAlive(found)) process.kill(found.pid, 'SIGKILL')
}

const giveUpOf = (orderId: number, reason: string) => giveUp({ orderId, userId: shopper.id, productId: product.id }, reason)

const pages = ['', '/services/order', '/live', '/queues', '/dead-letters', '/drift', '/history', '/orders/:id']
test.each(pages)('the page %s opens without an error, and looks right on a phone, on a desktop and in the dark', async path => {
  await using room = await asAdmin(`/control${path.replace(':id', `${orderId}`)}`)
  await room.page.locator('main h1').waitFor()
  await room.picture(`control${path.replaceAll(/\W+/g, '-')}`)
  expect(await room.faults()).toEqual([])
  expect(room.wrong).toEqual([])
})

test('an order is shown as it happens, and its story tells what it waits for, until it is over', async () => {
  await using room = await asAdmin('/control/live')
  await room.page.getByText('Live', { exact: true }).waitFor()
  const { id, ...placed } = await shopper.place(pieces(product))
  await room.page.getByRole('region', { name: 'awaiting payment' }).locator(`a[href$="/orders/${id}"]`).click()
  await room.page.getByRole('heading', { name: `Order ${id}` }).waitFor()
  await room.page.getByText('It waits for a payment').waitFor()
  await room.page.getByText('14 min').waitFor()
  await room.page.getByText('inventory.reserved', { exact: true }).waitFor()
  // Nobody reloads the page: it is told of what happens.
  await shopper.pay({ id, ...placed })
  for (const type of ['payment.processed', 'inventory.committed', 'shipment.created'])
    await room.page.getByText(type, { exact: true }).waitFor()
  await room.page.getByText('It waits for the carrier to pick up every parcel').waitFor()
  expect(await room.page.getByText(/^\+\d+ ms$/).count()).toBeGreaterThan(2)
  expect(room.wrong).toEqual([])
})

test('a pause begins without reading anything', async () => {
  await using room = await asAdmin('/control')
  await room.page.clock.install()
  await room.go('/control/drift')
  const asked: string[] = []
  room.page.on('request', request => asked.push(request.url()))
  await room.page.getByRole('button', { name: 'Pause' }).click()
  await room.page.getByText('Paused', { exact: true }).waitFor()
  await room.page.clock.runFor(1000)
  expect(asked).toEqual([])
  expect(room.wrong).toEqual([])
})

test('while it is paused nothing moves, and afterwards everything that happened comes', async () => {
  await using room = await asAdmin('/control/live')
  await room.page.getByText('Live', { exact: true }).waitFor()
  await room.page.getByRole('button', { name: 'Pause' }).click()
  const { id } = await shopper.place(pieces(product))
  const mine = room.page.getByRole('list', { name: 'Events, the newest first' }).getByText(`order ${id}`)
  await Bun.sleep(1000)
  expect(await mine.count()).toBe(0)
  await room.page.getByRole('button', { name: 'Continue' }).click()
  await mine.first().waitFor()
  expect(room.wrong).toEqual([])
})

test('demo orders go through the saga before one’s eyes', async () => {
  await using room = await asAdmin('/control/live')
  await room.page.getByText('Live', { exact: true }).waitFor()
  await room.page.getByRole('button', { name: 'Place demo orders' }).click()
  await room.page.getByText('6 demo orders are placed').waitFor()
  const feed = room.page.getByRole('list', { name: 'Events, the newest first' })
  for (const type of ['shipment.created', 'payment.failed']) await feed.getByText(type).first().waitFor()
  await room.page.getByLabel('Show').selectOption('failed')
  await feed.getByText('payment.failed').first().waitFor()
  expect(await feed.getByText('shipment.created').count()).toBe(0)
  expect(new URL(room.page.url()).search).toBe('?only=failed')
  expect(room.wrong).toEqual([])
})

test('a service that is killed is red within seconds, and the page goes on by itself', async () => {
  await using room = await asAdmin('/control')
  const row = room.page.getByRole('row').filter({ has: room.page.getByRole('link', { name: 'tax', exact: true }) })
  await row.getByText('up', { exact: true }).waitFor()
  const began = Date.now()
  // It dies again whenever it comes back, as a service with a mistake does.
  const killing = setInterval(() => kill('tax'), 200)
  await row
    .getByText('down', { exact: true })
    .waitFor()
    .finally(() => clearInterval(killing))
  expect(Date.now() - began).toBeLessThan(15_000)
  await room.picture('control-outage')
  await row.getByText('up', { exact: true }).waitFor({ timeout: 60_000 })
  await row.getByText(/^started \d+ s ago$/).waitFor()
  expect(room.wrong).toEqual([])
}, 120_000)

test('the control room survives the death of discovery itself', async () => {
  const expected = ['overview', 'history', 'stream', 'queues'].flatMap(route =>
    [502, 503].map(status => `${status} /api/discovery/${route}`),
  )
  await using room = await asAdmin('/control/live', { expected })
  await room.page.getByText('Live', { exact: true }).waitFor()
  kill('discovery')
  await room.page.getByText('Connecting …').waitFor()
  await room.page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 })
  const { id } = await shopper.place(pieces(product))
  await room.page.getByRole('region', { name: 'awaiting payment' }).locator(`a[href$="/orders/${id}"]`).waitFor()
  // A connection that breaks while its answer arrives is reported by the browser, and by nobody else.
  expect(room.wrong.filter(line => !/ERR_INCOMPLETE_CHUNKED_ENCODING/.test(line))).toEqual([])
}, 120_000)

test('a dead letter is replayed beside the story of its order', async () => {
  const { id } = await shopper.place(pieces(product))
  await giveUpOf(id, 'Error: no index')
  await using room = await asAdmin(`/control/orders/${id}`)
  await room.page.getByText('One of its messages was given up').waitFor()
  await room.page.getByText('Error: no index').waitFor()
  await room.picture('control-story-dead-letter')
  await room.page.getByRole('button', { name: 'Replay order.status_updated in search.order-events' }).click()
  await room.page.getByText('order.status_updated is in search.order-events again').waitFor()
  await room.page.getByText('Error: no index').waitFor({ state: 'detached' })
  expect(room.wrong).toEqual([])
})

test('dead letters are filtered by the address, and replayed one by one or many at once', async () => {
  const reason = `Error: ${crypto.randomUUID().slice(0, 8)}`
  const ids = await Promise.all([1, 2, 3].map(async () => (await shopper.place(pieces(product))).id))
  for (const id of ids) await giveUpOf(id, reason)
  await using room = await asAdmin(`/control/dead-letters?reason=${encodeURIComponent(reason)}`)
  const letters = room.page.getByRole('row').filter({ hasText: reason })
  await letters.nth(2).waitFor()
  await room.page.getByRole('button', { name: 'order.status_updated', exact: true }).first().click()
  await room.page.getByRole('dialog').getByText(`"order_id": ${ids[0]}`).waitFor()
  await room.page.keyboard.press('Escape')
  await letters.first().getByRole('checkbox').check()
  await room.page.getByRole('button', { name: 'Replay them' }).click()
  await room.page.getByText('1 are in their queues again').waitFor()
  await letters.nth(2).waitFor({ state: 'detached' })
  await room.page.getByRole('button', { name: 'Replay all that match' }).click()
  await room.page.getByRole('dialog').getByRole('button', { name: 'Replay all that match' }).click()
  await room.page.getByText('2 replayed').waitFor()
  await room.page.getByText('No dead letters').waitFor()
  expect(room.wrong).toEqual([])
})

test('a page that cannot read again says when what it shows was read', async () => {
  const path = '/api/discovery/dead-letters'
  await using room = await asAdmin('/control', { expected: [`500 ${path}`] })
  const { page } = room
  await page.clock.install()
  await room.go('/control/dead-letters')
  const read = await page.evaluate(() => Date.now())
  await page.route(`**${path}?*`, route => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{}' }))
  await page.clock.runFor(30_000)
  const told = await page.getByText(/^What is shown is of /).textContent()
  const clock = new Intl.DateTimeFormat('en', {
    timeStyle: 'medium',
    timeZone: await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
  })
  const lately = Array.from({ length: 10 }, (_, ago) => `What is shown is of ${clock.format(read - ago * 1000)}`)
  expect(lately).toContain(told ?? '')
  expect(room.wrong).toEqual([])
})

test('what stands in a dead letter is shown as text', async () => {
  const { id } = await shopper.place(pieces(product))
  await giveUpOf(id, '<img src=x onerror="document.title=1"><b>bold</b>')
  for (const path of [`/control/orders/${id}`, `/control/dead-letters?order_id=${id}`]) {
    await using room = await asAdmin(path)
    await room.page.getByText('<b>bold</b>').first().waitFor()
    expect(await room.page.locator('main img, main b').count()).toBe(0)
    expect(room.wrong).toEqual([])
  }
  await using room = await asAdmin(`/control/dead-letters?order_id=${id}`)
  await room.page.getByRole('button', { name: 'Delete all that match' }).click()
  await room.page.getByRole('dialog').getByRole('button', { name: 'Delete all that match' }).click()
  await room.page.getByText('1 deleted').waitFor()
})

test('an order that does not exist, and an address that is none, say so', async () => {
  await using room = await asAdmin('/control/orders/999999999', { expected: ['404 /api/orders/999999999'] })
  await room.page.getByText('There is no order 999999999').waitFor()
  expect(room.wrong).toEqual([])
  await using other = await asAdmin('/control/orders/x', { expected: ['400 /api/orders/x'] })
  await other.page.getByText('There is no order x').waitFor()
})
