import { afterAll, describe, expect, test } from 'bun:test'
import { became, cancelled, inAnHour, noDrift, placed, testInventory } from './testing'

const inventory = await testInventory()
const { deliver, stocked, level, stateOf, eventsOf, reservations } = inventory
afterAll(async () => {
  expect(await inventory.drift()).toEqual(noDrift)
  await inventory.drop()
})

let orderId = 0
const nextOrder = () => ++orderId
const eventTypes = async (id: number) => (await eventsOf(id)).map(({ type }) => type)
const past = () => new Date(Date.now() - 1000)

describe('a placed order', () => {
  test('has the stock of all its lines reserved, or of none', async () => {
    const { line } = await stocked({ L: 5, M: 1 })
    const [first, second] = [nextOrder(), nextOrder()]
    const expires = inAnHour()
    await deliver(placed(first, [line(2, 'L'), line(1, 'M'), line(1, 'L')], { expires }))
    expect(await level('L')).toEqual({ quantity: 5, reserved: 3 })
    expect(await level('M')).toEqual({ quantity: 1, reserved: 1 })
    const [reserved] = await eventsOf(first)
    expect(reserved).toMatchObject({
      type: 'inventory.reserved',
      aggregate: { type: 'reservation', version: 1 },
      data: { order_id: first, expires_at: expires.toISOString(), lines: [line(2, 'L'), line(1, 'M'), line(1, 'L')] },
    })

    await deliver(placed(second, [line(1, 'L'), line(1, 'M')]))
    expect(await level('L')).toEqual({ quantity: 5, reserved: 3 })
    expect((await eventsOf(second)).map(({ type, data }) => [type, data.reason])).toEqual([['inventory.rejected', 'out_of_stock']])
  })

  test('is rejected if the lines of one SKU add up to too much', async () => {
    const { line, sku } = await stocked(3)
    const order = nextOrder()
    await deliver(placed(order, [line(2), line(2)]))
    expect(await eventTypes(order)).toEqual(['inventory.rejected'])
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
  })

  test('is reserved once, however many events say that it was placed', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    const same = placed(order, [line(2)])
    await Promise.all([deliver(same), deliver(same), deliver(placed(order, [line(2)])), deliver(placed(order, [line(2)]))])
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    expect(await eventTypes(order)).toEqual(['inventory.reserved'])
  })

  test('is served from several warehouses if one has too little', async () => {
    const { id, line, sku } = await stocked(2)
    await inventory.put(id, 3, { warehouse: 'north' })
    const order = nextOrder()
    await deliver(placed(order, [line(4)]), became(order, 'paid', [line(4)]))
    const { body } = await inventory.send('GET', `/${id}`)
    expect(body.items.map((item: { warehouse: string; quantity: number }) => [item.warehouse, item.quantity])).toEqual([
      ['main', 0],
      ['north', 1],
    ])
    const [, committed] = await eventsOf(order)
    expect(committed?.data.lines).toEqual([
      { ...line(2), warehouse: 'main' },
      { ...line(2), warehouse: 'north' },
    ])
    await deliver(cancelled(order, [line(4)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
  })
})

describe('a paid order', () => {
  test('has its stock committed once, however many events say that it was paid', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await deliver(placed(order, [line(2)]), became(order, 'paid', [line(2)]))
    await Promise.all([deliver(became(order, 'fulfilling', [line(2)])), deliver(became(order, 'paid', [line(2)]))])
    await deliver(became(order, 'delivered', [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
    expect(await eventTypes(order)).toEqual(['inventory.reserved', 'inventory.committed'])
  })
  test('without a reservation is committed from the warehouses that have its goods, and says which', async () => {
    const { id, line } = await stocked({ ONE: 1, TWO: 1 })
    await inventory.put(id, 1, { warehouse: 'east', sku: 'ONE' })
    const order = nextOrder()
    await deliver(became(order, 'paid', [line(2, 'ONE'), line(1, 'TWO')]))
    expect((await eventsOf(order)).map(({ data }) => data.lines)).toEqual([
      [
        { ...line(1, 'ONE'), warehouse: 'main' },
        { ...line(1, 'ONE'), warehouse: 'east' },
        { ...line(1, 'TWO'), warehouse: 'main' },
      ],
    ])
  })
  test('is not committed by other changes of status', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await deliver(placed(order, [line(2)]), became(order, 'awaiting_payment', [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
  })
  test('gets stock again after its reservation expired, or an event that says it is gone', async () => {
    const { line, sku } = await stocked(3)
    const [late, tooLate] = [nextOrder(), nextOrder()]
    await deliver(placed(late, [line(2)], { expires: past() }))
    await reservations.expire(new Date())
    await deliver(placed(tooLate, [line(2)], { expires: past() }))
    await reservations.expire(new Date())
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
    await deliver(became(late, 'paid', [line(2)]), became(tooLate, 'paid', [line(2)]))
    expect(await eventTypes(late)).toEqual(['inventory.reserved', 'inventory.released', 'inventory.committed'])
    expect(await eventTypes(tooLate)).toEqual(['inventory.reserved', 'inventory.released', 'inventory.commit_failed'])
    expect(await level(sku)).toEqual({ quantity: 1, reserved: 0 })
    await deliver(cancelled(tooLate, [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 1, reserved: 0 })
  })
})

describe('a cancelled order', () => {
  test('has its reserved stock released, once', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await deliver(placed(order, [line(2)]))
    await Promise.all([deliver(cancelled(order, [line(2)])), deliver(became(order, 'cancelled', [line(2)]))])
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect(await eventTypes(order)).toEqual(['inventory.reserved', 'inventory.released'])
  })
  test('has its committed stock restocked in the warehouse that it came from', async () => {
    const { id, line, sku } = await stocked(5)
    const order = nextOrder()
    await deliver(placed(order, [line(2)]), became(order, 'paid', [line(2)]), cancelled(order, [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect(await eventTypes(order)).toEqual(['inventory.reserved', 'inventory.committed', 'inventory.released'])
    const { body } = await inventory.send('GET', `/${id}/movements`)
    expect(body.items.map((item: { kind: string; delta: number }) => [item.kind, item.delta])).toEqual([
      ['restocked', 2],
      ['committed', -2],
      ['opening', 5],
    ])
  })
  test('gets no stock from events that arrive later and say it was placed or paid', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await deliver(cancelled(order, [line(2)]), placed(order, [line(2)]), became(order, 'paid', [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect(await eventTypes(order)).toEqual([])
    expect(await stateOf(order)).toBe('released')
  })
})

describe('orders whose events arrive together', () => {
  test('get stock in the order of arrival, and each SKU has one event with its new level', async () => {
    const { line, sku } = await stocked(12)
    const orders = Array.from({ length: 42 }, nextOrder)
    await Promise.all(orders.map(order => deliver(placed(order, [line(1)]))))
    const states = await Promise.all(orders.map(stateOf))
    expect(states).toEqual(states.map((_, i) => (i < 12 ? 'reserved' : 'rejected')))
    expect(await level(sku)).toEqual({ quantity: 12, reserved: 12 })
    const updates = (await eventsOf(sku)).filter(({ type }) => type === 'inventory.updated')
    expect(updates.map(({ aggregate }) => aggregate.version)).toEqual(updates.map((_, i) => i + 1))
    // One for the opening balance, and one for all orders.
    expect(updates.map(({ data }) => data.reserved)).toEqual([0, 12])
  })

  test('take the step to which all that is known of them leads', async () => {
    const { line, sku } = await stocked(9)
    const [busy, first, paid, gone] = [nextOrder(), nextOrder(), nextOrder(), nextOrder()]
    // They share a transaction.
    await Promise.all(
      [
        placed(busy, [line(1)]),
        placed(first, [line(1)]),
        placed(paid, [line(2)]),
        became(paid, 'paid', [line(2)]),
        placed(gone, [line(3)]),
        cancelled(gone, [line(3)]),
        cancelled(first, [line(1)]),
      ].map(message => deliver(message)),
    )
    expect(await Promise.all([busy, first, paid, gone].map(stateOf))).toEqual(['reserved', 'released', 'committed', 'released'])
    expect(await eventTypes(paid)).toEqual(['inventory.committed'])
    for (const order of [gone, first]) expect(await eventTypes(order)).toEqual([])
    expect(await level(sku)).toEqual({ quantity: 7, reserved: 1 })
  })
})
