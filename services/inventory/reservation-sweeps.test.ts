import { afterAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { became, cancelled, created, dueChanged, inAnHour, noDrift, placed, productId, testInventory } from './testing'

const inventory = await testInventory()
const { sql, deliver, stocked, level, stateOf, eventsOf, warnings, reservations } = inventory
afterAll(async () => {
  expect(await inventory.drift()).toEqual(noDrift)
  await inventory.drop()
})

let orderId = 0
const nextOrder = () => ++orderId
const eventTypes = async (id: number) => (await eventsOf(id)).map(({ type }) => type)

describe('an unpaid reservation', () => {
  test('is released when it expires, not before, and by one of several sweeps', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    const expires = inAnHour()
    await deliver(placed(order, [line(2)], { expires }))
    await reservations.expire(new Date(expires.getTime() - 1))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    await Promise.all([1, 2, 3].map(() => reservations.expire(expires)))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect((await eventsOf(order)).map(({ type, data }) => [type, data.reason])).toEqual([
      ['inventory.reserved', undefined],
      ['inventory.released', 'expired'],
    ])
  })
  test('that cannot be read is logged and holds up no other', async () => {
    const { line, sku } = await stocked(5)
    const [broken, sound] = [nextOrder(), nextOrder()]
    const [earlier, later] = [new Date(0), new Date(1)]
    await deliver(placed(broken, [line(2)], { expires: earlier }), placed(sound, [line(1)], { expires: later }))
    const setItems = (items: string) => sql.db.updateTable('reservations').set({ items }).where('order_id', '=', broken).execute()
    await setItems('[{}]')
    await reservations.expire(new Date())
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    expect(warnings).toEqual([{ err: expect.any(Error), order_id: broken }])
    await setItems(JSON.stringify([line(2)]))
    await reservations.expire(new Date())
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
  })
  test('is released in the same sweep, though more than a sweep takes at once cannot be read', async () => {
    const { line, sku } = await stocked(9)
    const broken = [nextOrder(), nextOrder(), nextOrder()]
    const sound = nextOrder()
    await deliver(
      ...broken.map(order => placed(order, [line(2)], { expires: new Date(0) })),
      placed(sound, [line(1)], { expires: new Date(1) }),
    )
    const setItems = (items: string) => sql.db.updateTable('reservations').set({ items }).where('order_id', 'in', broken).execute()
    await setItems('[{}]')
    warnings.length = 0
    await reservations.expire(new Date(), 2)
    expect([await stateOf(sound), await level(sku)]).toEqual(['expired', { quantity: 9, reserved: 6 }])
    expect(warnings).toHaveLength(3)
    await setItems(JSON.stringify([line(2)]))
    await reservations.expire(new Date(), 2)
    await reservations.expire(new Date(), 2)
    expect(await level(sku)).toEqual({ quantity: 9, reserved: 0 })
  })
  test('lasts as long as the newest version of the order says, in any order of arrival', async () => {
    const { line, sku } = await stocked(5)
    const [order, other] = [nextOrder(), nextOrder()]
    const [now, later] = [new Date(), inAnHour()]
    await deliver(
      placed(order, [line(1)], { expires: now }),
      dueChanged(order, later, { version: 3 }),
      dueChanged(order, now, { version: 2 }),
    )
    await deliver(dueChanged(other, later, { version: 2 }), placed(other, [line(1)], { expires: now }))
    await reservations.expire(new Date(later.getTime() - 1))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    await reservations.expire(later)
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
  })
})

describe('an order for an unknown product', () => {
  const unknown = productId(900)
  const lines = (sku: string) => [{ product_id: unknown, sku, quantity: 2 }]

  test('waits, and gets its stock when the product arrives', async () => {
    const [first, paid] = [nextOrder(), nextOrder()]
    await deliver(placed(first, lines('NEW')), became(paid, 'paid', lines('NEW')))
    await reservations.retryWaiting()
    expect([await stateOf(first), await stateOf(paid)]).toEqual(['waiting', 'waiting'])
    expect(await eventTypes(first)).toEqual([])
    await deliver(created(unknown, { NEW: 9 }))
    await reservations.retryWaiting()
    expect(await level('NEW')).toEqual({ quantity: 7, reserved: 2 })
    expect([await eventTypes(first), await eventTypes(paid)]).toEqual([['inventory.reserved'], ['inventory.committed']])
  })
  test('is rejected if the product does not arrive in time', async () => {
    const impatient = await testInventory({ waitMs: 50 })
    try {
      await impatient.deliver(placed(1, lines('NEVER')), became(2, 'paid', lines('NEVER')))
      await eventually(async () => {
        await impatient.reservations.retryWaiting()
        return (await impatient.stateOf(1)) === 'rejected' && (await impatient.stateOf(2)) === 'commit_failed'
      })
      expect((await impatient.eventsOf(1)).map(({ type, data }) => [type, data.reason])).toEqual([
        ['inventory.rejected', 'unknown_product'],
      ])
    } finally {
      await impatient.drop()
    }
  })
  test('stops waiting when it is cancelled', async () => {
    const order = nextOrder()
    await deliver(placed(order, lines('GONE')), cancelled(order, lines('GONE')))
    expect(await stateOf(order)).toBe('released')
  })
  test('that always fails holds up no other', async () => {
    const [broken, sound] = [nextOrder(), nextOrder()]
    await deliver(placed(broken, lines('LOST')), placed(sound, [{ product_id: productId(902), sku: 'FOUND', quantity: 1 }]))
    await deliver(created(productId(902), { FOUND: 1 }))
    await sql.db
      .updateTable('reservations')
      .set({ items: '[{}]', updated_at: new Date(0) })
      .where('order_id', '=', broken)
      .execute()
    for (let sweeps = 0; sweeps < 10; sweeps++) await reservations.retryWaiting(1)
    expect(await stateOf(sound)).toBe('reserved')
    await sql.db.deleteFrom('reservations').where('order_id', '=', broken).execute()
  })
  test('gets its turn when more orders wait than one sweep reads', async () => {
    const [stuck, ready] = [nextOrder(), nextOrder()]
    await deliver(placed(stuck, lines('STUCK')), placed(ready, [{ product_id: productId(901), sku: 'READY', quantity: 1 }]))
    await deliver(created(productId(901), { READY: 1 }))
    await reservations.retryWaiting(1)
    await reservations.retryWaiting(1)
    expect(await stateOf(ready)).toBe('reserved')
  })
})
