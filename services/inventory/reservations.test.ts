import { afterAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { became, booksBalanced, cancelled, created, dueChanged, inAnHour, placed, productId, testInventory } from './testing'

const inventory = await testInventory()
const { hear, stocked, level, stateOf, published, orders } = inventory
afterAll(async () => {
  expect(await inventory.broken()).toEqual(booksBalanced)
  await inventory.drop()
})

let orderId = 0
const nextOrder = () => ++orderId
const told = async (id: number) => (await published(id)).map(({ type }) => type)
const past = () => new Date(Date.now() - 1000)

describe('a placed order', () => {
  test('has its stock held, over all its lines or not at all', async () => {
    const { line } = await stocked({ L: 5, M: 1 })
    const [first, second] = [nextOrder(), nextOrder()]
    const expires = inAnHour()
    await hear(placed(first, [line(2, 'L'), line(1, 'M'), line(1, 'L')], { expires }))
    expect(await level('L')).toEqual({ quantity: 5, reserved: 3 })
    expect(await level('M')).toEqual({ quantity: 1, reserved: 1 })
    const [reserved] = await published(first)
    expect(reserved).toMatchObject({
      type: 'inventory.reserved',
      aggregate: { type: 'reservation', version: 1 },
      data: { order_id: first, expires_at: expires.toISOString(), lines: [line(2, 'L'), line(1, 'M'), line(1, 'L')] },
    })

    await hear(placed(second, [line(1, 'L'), line(1, 'M')]))
    expect(await level('L')).toEqual({ quantity: 5, reserved: 3 })
    expect((await published(second)).map(({ type, data }) => [type, data.reason])).toEqual([['inventory.rejected', 'out_of_stock']])
  })

  test('of several lines of one SKU is refused when their sum is too much', async () => {
    const { line, sku } = await stocked(3)
    const order = nextOrder()
    await hear(placed(order, [line(2), line(2)]))
    expect(await told(order)).toEqual(['inventory.rejected'])
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
  })

  test('is held once, whatever else says that it was placed', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    const same = placed(order, [line(2)])
    await Promise.all([hear(same), hear(same), hear(placed(order, [line(2)])), hear(placed(order, [line(2)]))])
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    expect(await told(order)).toEqual(['inventory.reserved'])
  })

  test('takes from several warehouses when one has too little', async () => {
    const { id, line, sku } = await stocked(2)
    await inventory.put(id, 3, { warehouse: 'north' })
    const order = nextOrder()
    await hear(placed(order, [line(4)]), became(order, 'paid', [line(4)]))
    const { body } = await inventory.send('GET', `/${id}`)
    expect(body.items.map((item: { warehouse: string; quantity: number }) => [item.warehouse, item.quantity])).toEqual([
      ['main', 0],
      ['north', 1],
    ])
    await hear(cancelled(order, [line(4)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
  })
})

describe('a paid order', () => {
  test('has its stock leave once, however often that is told', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await hear(placed(order, [line(2)]), became(order, 'paid', [line(2)]))
    await Promise.all([hear(became(order, 'fulfilling', [line(2)])), hear(became(order, 'paid', [line(2)]))])
    await hear(became(order, 'delivered', [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
    expect(await told(order)).toEqual(['inventory.reserved', 'inventory.committed'])
  })
  test('is not moved by news of other states', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await hear(placed(order, [line(2)]), became(order, 'awaiting_payment', [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
  })
  test('takes again what had expired, and says so when it is gone', async () => {
    const { line, sku } = await stocked(3)
    const [late, tooLate] = [nextOrder(), nextOrder()]
    await hear(placed(late, [line(2)], { expires: past() }))
    await orders.expire(new Date())
    await hear(placed(tooLate, [line(2)], { expires: past() }))
    await orders.expire(new Date())
    expect(await level(sku)).toEqual({ quantity: 3, reserved: 0 })
    await hear(became(late, 'paid', [line(2)]), became(tooLate, 'paid', [line(2)]))
    expect(await told(late)).toEqual(['inventory.reserved', 'inventory.released', 'inventory.committed'])
    expect(await told(tooLate)).toEqual(['inventory.reserved', 'inventory.released', 'inventory.commit_failed'])
    expect(await level(sku)).toEqual({ quantity: 1, reserved: 0 })
    await hear(cancelled(tooLate, [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 1, reserved: 0 })
  })
})

describe('a cancelled order', () => {
  test('gives back what was held for it, once', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await hear(placed(order, [line(2)]))
    await Promise.all([hear(cancelled(order, [line(2)])), hear(became(order, 'cancelled', [line(2)]))])
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect(await told(order)).toEqual(['inventory.reserved', 'inventory.released'])
  })
  test('that had left is on hand again, on the shelf that it came from', async () => {
    const { id, line, sku } = await stocked(5)
    const order = nextOrder()
    await hear(placed(order, [line(2)]), became(order, 'paid', [line(2)]), cancelled(order, [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect(await told(order)).toEqual(['inventory.reserved', 'inventory.committed', 'inventory.released'])
    const { body } = await inventory.send('GET', `/${id}/movements`)
    expect(body.items.map((item: { kind: string; delta: number }) => [item.kind, item.delta])).toEqual([
      ['restocked', 2],
      ['committed', -2],
      ['opening', 5],
    ])
  })
  test('takes nothing afterwards: that it was placed or paid may be told later', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    await hear(cancelled(order, [line(2)]), placed(order, [line(2)]), became(order, 'paid', [line(2)]))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect(await told(order)).toEqual([])
    expect(await stateOf(order)).toBe('released')
  })
})

describe('a reservation that nobody pays for', () => {
  test('is given back when its time is over, not before, and by one sweep of many', async () => {
    const { line, sku } = await stocked(5)
    const order = nextOrder()
    const expires = inAnHour()
    await hear(placed(order, [line(2)], { expires }))
    await orders.expire(new Date(expires.getTime() - 1))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    await Promise.all([1, 2, 3].map(() => orders.expire(expires)))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
    expect((await published(order)).map(({ type, data }) => [type, data.reason])).toEqual([
      ['inventory.reserved', undefined],
      ['inventory.released', 'expired'],
    ])
  })
  test('lasts as long as the newest word says, in whatever order it comes', async () => {
    const { line, sku } = await stocked(5)
    const [order, other] = [nextOrder(), nextOrder()]
    const [now, later] = [new Date(), inAnHour()]
    await hear(placed(order, [line(1)], { expires: now }), dueChanged(order, later, { version: 3 }), dueChanged(order, now, { version: 2 }))
    await hear(dueChanged(other, later, { version: 2 }), placed(other, [line(1)], { expires: now }))
    await orders.expire(new Date(later.getTime() - 1))
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 2 })
    await orders.expire(later)
    expect(await level(sku)).toEqual({ quantity: 5, reserved: 0 })
  })
})

describe('an order for a product not yet heard of', () => {
  const unknown = productId(900)
  const lines = (sku: string) => [{ product_id: unknown, sku, quantity: 2 }]

  test('waits, and goes on with the product', async () => {
    const [first, paid] = [nextOrder(), nextOrder()]
    await hear(placed(first, lines('NEW')), became(paid, 'paid', lines('NEW')))
    await orders.retryWaiting()
    expect([await stateOf(first), await stateOf(paid)]).toEqual(['waiting', 'waiting'])
    expect(await told(first)).toEqual([])
    await hear(created(unknown, { NEW: 9 }))
    await orders.retryWaiting()
    expect(await level('NEW')).toEqual({ quantity: 7, reserved: 2 })
    expect([await told(first), await told(paid)]).toEqual([['inventory.reserved'], ['inventory.committed']])
  })
  test('is refused when the product does not come in time', async () => {
    const impatient = await testInventory({ waitMs: 50 })
    try {
      await impatient.hear(placed(1, lines('NEVER')), became(2, 'paid', lines('NEVER')))
      await eventually(async () => {
        await impatient.orders.retryWaiting()
        return (await impatient.stateOf(1)) === 'rejected' && (await impatient.stateOf(2)) === 'commit_failed'
      })
      expect((await impatient.published(1)).map(({ type, data }) => [type, data.reason])).toEqual([
        ['inventory.rejected', 'unknown_product'],
      ])
    } finally {
      await impatient.drop()
    }
  })
  test('waits no more once it is cancelled', async () => {
    const order = nextOrder()
    await hear(placed(order, lines('GONE')), cancelled(order, lines('GONE')))
    expect(await stateOf(order)).toBe('released')
  })
  test('is not passed over when more wait than one sweep looks at', async () => {
    const [stuck, ready] = [nextOrder(), nextOrder()]
    await hear(placed(stuck, lines('STUCK')), placed(ready, [{ product_id: productId(901), sku: 'READY', quantity: 1 }]))
    await hear(created(productId(901), { READY: 1 }))
    await orders.retryWaiting(1)
    await orders.retryWaiting(1)
    expect(await stateOf(ready)).toBe('reserved')
  })
})
