import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import type { Carrier, Contact, ParcelToLabel } from './carriers/carrier'
import { sandboxCarrier } from './carriers/sandbox'
import type { CarrierStatus } from './domain'
import type { FollowUpShipments } from './follow-up-shipments'
import { committed, erasedUser, type TestShipping, testShipping } from './testing'

/** A carrier under the test's control: it counts the labels of each shipment, and reports the status that the test sets. */
const fakeCarrier = () => {
  const labels = new Map<number, number>()
  const parcels: (Omit<ParcelToLabel, 'recipient'> & { recipient: Contact })[] = []
  const cancelled: number[] = []
  let reported: CarrierStatus | undefined
  let fails = false
  let whileLabelling = async () => {}
  const carrier: Carrier = {
    async createLabel({ recipient, ...parcel }) {
      if (fails) throw new Error('no')
      const { shipmentId } = parcel
      parcels.push({ ...parcel, recipient: await recipient() })
      labels.set(shipmentId, (labels.get(shipmentId) ?? 0) + 1)
      await whileLabelling()
      return { reference: `label-${shipmentId}` }
    },
    async cancelLabel({ shipmentId }) {
      if (fails) throw new Error('no')
      cancelled.push(shipmentId)
    },
    trackParcel: async () => reported,
    pollMs: 60_000,
  }
  return {
    carrier,
    labels,
    parcels,
    cancelled,
    reports: (status: CarrierStatus) => {
      reported = status
    },
    fails: (now: boolean) => {
      fails = now
    },
    whileLabelling: (work: () => Promise<void>) => {
      whileLabelling = work
    },
  }
}

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping({ stuckAfterMs: 60_000 })
})
afterAll(() => shop.drop())

let fake: ReturnType<typeof fakeCarrier>
let followUp: FollowUpShipments
beforeEach(async () => {
  fake = fakeCarrier()
  shop.warnings.length = 0
  // Each test follows up its own shipments only.
  await shop.sql.db.deleteFrom('shipments').execute()
  followUp = (await shop.instance({ carrier: fake.carrier })).followUpShipments
})

const later = (ms: number) => new Date(Date.now() + ms)
const statusesOf = async (orderId: number) => (await shop.published(orderId)).map(({ data }) => data.status)

describe('the follow-up of shipments', () => {
  test('requests one label for each shipment, also when several instances share the work', async () => {
    const other = await shop.instance({ carrier: fake.carrier })
    const ids = [...(await Promise.all(Array.from({ length: 20 }, () => shop.shipped())))].map(({ id }) => id)
    await Promise.all([followUp(), other.followUpShipments(), followUp()])
    expect([...fake.labels].sort()).toEqual(ids.map(id => [id, 1] as [number, number]).sort())
    const rows = await shop.sql.db.selectFrom('shipments').select(['id', 'carrier_reference']).execute()
    expect(rows.every(({ id, carrier_reference }) => carrier_reference === `label-${id}`)).toBe(true)
    await followUp()
    expect(fake.labels.size).toBe(20)
  })

  test('gives the carrier sender, recipient, pieces and weight, and shows its number and page beside ours', async () => {
    await shop.weights.set('LT-001', 2000)
    const [first, ofErased] = [shop.newOrder(7), shop.newOrder(erasedUser)]
    const [laptops, red] = shop.lines
    if (!laptops || !red) throw new Error('the order has too few lines')
    await shop.receive(
      committed(first, [
        { ...laptops, warehouse: 'east' },
        { ...red, warehouse: 'east' },
      ]),
    )
    await shop.receive(committed(ofErased, [red]))
    await followUp()
    expect(fake.parcels.map(({ sender, recipient, pieces, grams }) => [sender.name, recipient, pieces, grams]).toSorted()).toEqual([
      ['east', { name: 'Buyer 7', phone: '0123456789' }, 5, 2 * 2000 + 3 * 500],
      ['main', { name: `Order ${ofErased}`, phone: '030123' }, 3, 3 * 500],
    ])
    const [row] = await shop.shipmentsOf(first)
    await shop.sql.db.updateTable('shipments').set({ carrier: 'fedex' }).where('order_id', '=', first).execute()
    const shown = {
      carrier_tracking_number: `label-${row?.id}`,
      carrier_tracking_url: `https://www.fedex.com/fedextrack/?trknbr=label-${row?.id}`,
    }
    expect((await shop.call('GET', `/api/shipping/shipments/${row?.id}`, { headers: shop.admin })).body).toMatchObject(shown)
    expect((await shop.call('GET', `/api/shipping/track/${row?.tracking_number}`)).body).toMatchObject(shown)
  })

  test('fails a shipment without a label whose address is erased, instead of asking for one for ever', async () => {
    const { orderId } = await shop.shipped()
    await shop.sql.db.updateTable('shipments').set({ address: null }).where('order_id', '=', orderId).execute()
    await followUp()
    expect(fake.labels.size).toBe(0)
    expect((await shop.shipmentsOf(orderId))[0]).toMatchObject({ status: 'failed', failed_looks: 0 })
  })

  test('records what the carrier reports, skipped steps included, and ignores an old report', async () => {
    const { orderId } = await shop.shipped()
    await followUp()
    fake.reports('in_transit')
    await followUp(later(61_000))
    fake.reports('picked_up')
    await followUp(later(130_000))
    expect(await statusesOf(orderId)).toEqual(['created', 'picked_up', 'in_transit'])
    fake.reports('delivered')
    await followUp(later(200_000))
    expect(await statusesOf(orderId)).toEqual(['created', 'picked_up', 'in_transit', 'delivered'])
    expect((await shop.shipmentsOf(orderId))[0]).toMatchObject({ next_look_at: null, waiting_since: null })
  })

  test('waits longer after each failed call, and logs no address', async () => {
    const { orderId } = await shop.shipped()
    fake.fails(true)
    await followUp()
    await followUp()
    const [shipment] = await shop.shipmentsOf(orderId)
    expect(shipment).toMatchObject({ failed_looks: 1, carrier_reference: null })
    await followUp(later(3000))
    expect((await shop.shipmentsOf(orderId))[0]?.failed_looks).toBe(2)
    expect(shop.warnings.join()).toContain('shipment_id')
    expect(shop.warnings.join()).not.toContain('Main St')
    fake.fails(false)
    await followUp(later(10_000))
    expect((await shop.shipmentsOf(orderId))[0]).toMatchObject({ failed_looks: 0, carrier_reference: `label-${shipment?.id}` })
  })

  test('cancels the label of a voided shipment, and repeats a failed cancellation', async () => {
    const { orderId, id } = await shop.shipped()
    await followUp()
    await shop.voidOrder(orderId)
    fake.fails(true)
    await followUp()
    expect(fake.cancelled).toEqual([])
    expect((await shop.shipmentsOf(orderId))[0]?.waiting_since).not.toBeNull()
    fake.fails(false)
    await followUp(later(5000))
    expect(fake.cancelled).toEqual([id])
    expect((await shop.shipmentsOf(orderId))[0]).toMatchObject({ status: 'voided', next_look_at: null, waiting_since: null })
  })

  test('cancels the label of a shipment that is voided while the label is requested', async () => {
    const { orderId, id } = await shop.shipped()
    fake.whileLabelling(() => shop.voidOrder(orderId))
    await followUp()
    await followUp(later(10))
    expect(fake.cancelled).toEqual([id])
    fake.reports('picked_up')
    await followUp(later(120_000))
    expect((await shop.shipmentsOf(orderId))[0]?.status).toBe('voided')
  })

  test('cancels the label of a shipment that failed before its pick-up, and goes on asking about one that failed after it', async () => {
    const [early, late] = [await shop.shipped(), await shop.shipped()]
    await followUp()
    await shop.steps.record(early.id, 'failed')
    for (const status of ['picked_up', 'failed'] as const) await shop.steps.record(late.id, status)
    await followUp(later(10))
    expect(fake.cancelled).toEqual([early.id])
    expect((await shop.shipmentsOf(early.orderId))[0]).toMatchObject({ status: 'failed', next_look_at: null })
    expect((await shop.shipmentsOf(early.orderId))[0]?.waiting_since).not.toBeNull()
    fake.reports('returned')
    await followUp(later(61_000))
    expect(await statusesOf(early.orderId)).toEqual(['created', 'failed'])
    expect(await statusesOf(late.orderId)).toEqual(['created', 'picked_up', 'failed', 'returned'])
    expect((await shop.shipmentsOf(late.orderId))[0]).toMatchObject({ next_look_at: null, waiting_since: null })
  })

  test('cancels the label of a shipment that fails while the label is requested', async () => {
    const { id } = await shop.shipped()
    fake.whileLabelling(async () => void (await shop.steps.record(id, 'failed')))
    await followUp()
    await followUp(later(10))
    expect(fake.cancelled).toEqual([id])
  })

  test('moves shipments of the sandbox from creation to delivery', async () => {
    const carrier = sandboxCarrier({ stepMs: 20 })
    const [one, other] = [await shop.instance({ carrier }), await shop.instance({ carrier })]
    const orders = await Promise.all(Array.from({ length: 5 }, () => shop.shipped()))
    await eventually(async () => {
      await Promise.all([one.followUpShipments(), other.followUpShipments()])
      const left = await shop.sql.db.selectFrom('shipments').select('id').where('status', '!=', 'delivered').execute()
      return left.length === 0
    })
    for (const { orderId } of orders) expect(await statusesOf(orderId)).toEqual(['created', 'picked_up', 'in_transit', 'delivered'])
    expect(shop.warnings).toEqual([])
  })
})

describe('drift', () => {
  const stuck = async (until = new Date()) => {
    const query = `since=${new Date(0).toISOString()}&until=${until.toISOString()}`
    const { status, body } = await shop.call('GET', `/internal/drift?${query}`, { headers: await shop.asService('discovery') })
    expect(status).toBe(200)
    return body.stuck
  }
  test('lists a shipment that has waited too long for its carrier, until it is delivered', async () => {
    const { orderId, id } = await shop.shipped()
    expect((await stuck()).count).toBe(0)
    expect(await stuck(later(61_000))).toEqual({ count: 1, examples: [`shipment ${id} of order ${orderId}: created`] })
    for (const status of ['picked_up', 'delivered'] as const) await shop.steps.record(id, status)
    expect((await stuck(later(61_000))).count).toBe(0)
  })
  test('lists a failed shipment until its lines are shipped again', async () => {
    const { orderId, id } = await shop.shipped()
    await shop.steps.record(id, 'failed')
    expect((await stuck(later(61_000))).examples).toEqual([`shipment ${id} of order ${orderId}: failed`])
    const again = (await shop.shipLines({ scope: 'test', key: undefined }, { order_id: orderId })).body
    for (const status of ['picked_up', 'delivered'] as const) await shop.steps.record(again.id, status)
    expect((await stuck(later(61_000))).count).toBe(0)
  })
})
