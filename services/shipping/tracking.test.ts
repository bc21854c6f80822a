import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import type { Carrier } from './carriers/carrier'
import { sandboxCarrier } from './carriers/sandbox'
import type { Reported } from './domain'
import { type TestShipping, testShipping } from './testing'
import type { Tracking } from './tracking'

/** A carrier that the test plays: it keeps a label for each shipment, and says what it is told to. */
const playedCarrier = () => {
  const labels = new Map<number, number>()
  const takenBack: number[] = []
  let says: Reported | undefined
  let fails = false
  let whileLabelling = async () => {}
  const carrier: Carrier = {
    async createLabel({ shipmentId }) {
      if (fails) throw new Error('no')
      labels.set(shipmentId, (labels.get(shipmentId) ?? 0) + 1)
      await whileLabelling()
      return { reference: `label-${shipmentId}` }
    },
    async cancelLabel({ shipmentId }) {
      if (fails) throw new Error('no')
      takenBack.push(shipmentId)
    },
    whereabouts: async () => says,
    askAgainMs: 60_000,
  }
  return {
    carrier,
    labels,
    takenBack,
    says: (status: Reported | undefined) => {
      says = status
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

let played: ReturnType<typeof playedCarrier>
let tracking: Tracking
beforeEach(async () => {
  played = playedCarrier()
  shop.warnings.length = 0
  // Each test looks after its own parcels only.
  await shop.sql.db.deleteFrom('shipments').execute()
  tracking = (await shop.instance({ carrier: played.carrier })).tracking
})

const later = (ms: number) => new Date(Date.now() + ms)
const statusesOf = async (orderId: number) => (await shop.published(orderId)).map(({ data }) => data.status)

describe('parcels at a carrier', () => {
  test('get their label once, shared out over instances', async () => {
    const other = await shop.instance({ carrier: played.carrier })
    const ids = [...(await Promise.all(Array.from({ length: 20 }, () => shop.sent())))].map(({ id }) => id)
    await Promise.all([tracking.lookAfterDue(), other.tracking.lookAfterDue(), tracking.lookAfterDue()])
    expect([...played.labels].sort()).toEqual(ids.map(id => [id, 1] as [number, number]).sort())
    const rows = await shop.sql.db.selectFrom('shipments').select(['id', 'carrier_reference']).execute()
    expect(rows.every(({ id, carrier_reference }) => carrier_reference === `label-${id}`)).toBe(true)
    await tracking.lookAfterDue()
    expect(played.labels.size).toBe(20)
  })

  test('follow what it says: skipped steps are told too, old news is none', async () => {
    const { orderId } = await shop.sent()
    await tracking.lookAfterDue()
    played.says('in_transit')
    await tracking.lookAfterDue(later(61_000))
    played.says('picked_up')
    await tracking.lookAfterDue(later(130_000))
    expect(await statusesOf(orderId)).toEqual(['created', 'picked_up', 'in_transit'])
    played.says('delivered')
    await tracking.lookAfterDue(later(200_000))
    expect(await statusesOf(orderId)).toEqual(['created', 'picked_up', 'in_transit', 'delivered'])
    expect((await shop.parcels(orderId))[0]).toMatchObject({ next_look_at: null, waiting_since: null })
  })

  test('wait longer and longer for one that fails, without a word of where they go', async () => {
    const { orderId } = await shop.sent()
    played.fails(true)
    await tracking.lookAfterDue()
    await tracking.lookAfterDue()
    const [parcel] = await shop.parcels(orderId)
    expect(parcel).toMatchObject({ failed_looks: 1, carrier_reference: null })
    await tracking.lookAfterDue(later(3000))
    expect((await shop.parcels(orderId))[0]?.failed_looks).toBe(2)
    expect(shop.warnings.join()).toContain('shipment_id')
    expect(shop.warnings.join()).not.toContain('Main St')
    played.fails(false)
    await tracking.lookAfterDue(later(10_000))
    expect((await shop.parcels(orderId))[0]).toMatchObject({ failed_looks: 0, carrier_reference: `label-${parcel?.id}` })
  })

  test('that are void have their label taken back, tried until it is', async () => {
    const { orderId, id } = await shop.sent()
    await tracking.lookAfterDue()
    await shop.voids.request(orderId)
    played.fails(true)
    await tracking.lookAfterDue()
    expect(played.takenBack).toEqual([])
    expect((await shop.parcels(orderId))[0]?.waiting_since).not.toBeNull()
    played.fails(false)
    await tracking.lookAfterDue(later(5000))
    expect(played.takenBack).toEqual([id])
    expect((await shop.parcels(orderId))[0]).toMatchObject({ status: 'voided', next_look_at: null, waiting_since: null })
  })

  test('that become void while their label is made have it taken back as well', async () => {
    const { orderId, id } = await shop.sent()
    played.whileLabelling(() => shop.voids.request(orderId))
    await tracking.lookAfterDue()
    await tracking.lookAfterDue(later(10))
    expect(played.takenBack).toEqual([id])
    played.says('picked_up')
    await tracking.lookAfterDue(later(120_000))
    expect((await shop.parcels(orderId))[0]?.status).toBe('voided')
  })

  test('go all the way by themselves with the sandbox', async () => {
    const carrier = sandboxCarrier({ stepMs: 20 })
    const [one, other] = [await shop.instance({ carrier }), await shop.instance({ carrier })]
    const orders = await Promise.all(Array.from({ length: 5 }, () => shop.sent()))
    await eventually(async () => {
      await Promise.all([one.tracking.lookAfterDue(), other.tracking.lookAfterDue()])
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
  test('names what has waited for a carrier too long, until it has arrived', async () => {
    const { orderId, id } = await shop.sent()
    expect((await stuck()).count).toBe(0)
    expect(await stuck(later(61_000))).toEqual({ count: 1, examples: [`shipment ${id} of order ${orderId}: created`] })
    for (const status of ['picked_up', 'delivered'] as const) await shop.progress.report(id, status)
    expect((await stuck(later(61_000))).count).toBe(0)
  })
  test('names what failed, until somebody sends it again', async () => {
    const { orderId, id } = await shop.sent()
    await shop.progress.report(id, 'failed')
    expect((await stuck(later(61_000))).examples).toEqual([`shipment ${id} of order ${orderId}: failed`])
    const again = (await shop.dispatch.byHand({ scope: 'test', key: undefined }, { order_id: orderId })).body
    for (const status of ['picked_up', 'delivered'] as const) await shop.progress.report(again.id, status)
    expect((await stuck(later(61_000))).count).toBe(0)
  })
})
