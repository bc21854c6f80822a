import { afterAll, beforeEach, expect, test } from 'bun:test'
import { testOrders } from './testing'

const shop = await testOrders()
const { send, sample, known } = shop
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.stop()
})
beforeEach(() => {
  shop.restock()
  known.options.standard = 0
})

const street = { line1: '1 Way', city: 'Town' }
/** Each place with its normal form, and what clients write for it. */
const places = [
  { normal: { country: 'DE' }, written: [{ country: 'DE' }, { country: ' de ' }, { country: 'DEU' }, { country: 'germany' }] },
  {
    normal: { country: 'US', region: 'MA' },
    written: [
      { country: 'US', region: 'MA' },
      { country: 'usa', region: 'us-ma' },
      { country: 'The United States', region: 'Massachusetts' },
      { country: 'U.S.A.', region: ' massachusetts ' },
    ],
  },
  {
    normal: { country: 'CA', region: 'QC' },
    written: [
      { country: 'CAN', region: 'Québec' },
      { country: 'Canada', region: 'quebec' },
    ],
  },
]
const spellings = places.flatMap(({ normal, written }) => written.map(given => ({ given, normal })))
const nowhere = [
  { code: 'unknown_country', place: { country: 'Atlantis' } },
  { code: 'region_required', place: { country: 'US' } },
  { code: 'region_required', place: { country: 'Canada', region: 'CA-' } },
  { code: 'unknown_region', place: { country: 'US', region: 'Bavaria' } },
]

const storedAddress = async (id: number) => {
  const row = await shop.sql.db.selectFrom('orders').select('shipping_address').where('id', '=', id).executeTakeFirstOrThrow()
  return JSON.parse(row.shipping_address)
}
/** Where the last event of an order that names its place says that it goes. */
const destination = async (id: number) => (await shop.published(id)).filter(({ data }) => data.destination).at(-1)?.data.destination

test.each(spellings)('an order to $given is stored, shown and published as $normal', async ({ given, normal }) => {
  const { status, body } = await send('POST', '/api/orders', { body: { ...sample, shipping_address: { ...street, ...given } } })
  expect(status).toBe(201)
  const address = { ...street, ...normal }
  expect(body.shipping_address).toEqual(address)
  expect(await storedAddress(body.id)).toEqual(address)
  expect(await destination(body.id)).toEqual(normal)
  const { body: told } = await shop.internal('shipping', 'GET', `/internal/orders/${body.id}`)
  expect(told.shipping_address).toEqual(address)
})

test.each(spellings)('an order that is moved to $given is stored, shown and published as $normal', async ({ given, normal }) => {
  const { id } = await shop.place()
  const { status, body } = await send('PATCH', `/api/orders/${id}`, { body: { shipping_address: { ...street, ...given } } })
  expect(status).toBe(200)
  const address = { ...street, ...normal }
  expect([body.shipping_address, await storedAddress(id)]).toEqual([address, address])
  expect(await destination(id)).toEqual(normal)
})

test('the same order is repeated by its key when the repetition writes the place otherwise', async () => {
  const write = (country: string) => ({ ...sample, shipping_address: { ...street, country } })
  const first = await send('POST', '/api/orders', { key: 'one-place', body: write('DE') })
  const again = await send('POST', '/api/orders', { key: 'one-place', body: write('Germany') })
  expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id])
})

test.each(nowhere)('an address with $place is refused with $code; no order is placed or moved, and nothing is published', async each => {
  const order = await shop.place()
  const counted = async () => ({
    orders: (await send('GET', '/api/orders?limit=1', { admin: true })).body.total,
    kept: (await shop.sql.kernel.selectFrom('idempotency_keys').select('id').execute()).length,
    backlog: (await shop.sql.backlog()).count,
  })
  const before = await counted()
  const shipping_address = { ...street, ...each.place }
  const placed = await send('POST', '/api/orders', { key: 'refused', body: { ...sample, shipping_address } })
  const moved = await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_address } })
  expect([placed, moved].map(({ status, body }) => [status, body.code])).toEqual([
    [400, each.code],
    [400, each.code],
  ])
  expect(await counted()).toEqual(before)
  expect(await storedAddress(order.id)).toBe('123 Main St, City')
})
