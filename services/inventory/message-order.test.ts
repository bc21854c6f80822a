import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Message } from '#shared/event'
import {
  became,
  cancelled,
  created,
  deleted,
  dueChanged,
  inAnHour,
  noDrift,
  placed,
  productId,
  returned,
  testInventory,
  updated,
} from './testing'

const inventory = await testInventory()
const { sql, deliver, reservations } = inventory
afterAll(async () => {
  expect(await inventory.drift()).toEqual(noDrift)
  await inventory.drop()
})

let round = 0
/** The events of three products and five orders. Each round has ids of its own, so that all rounds share one schema. */
const scenario = () => {
  const n = ++round
  const [laptop, desk, lamp] = [productId(n * 10), productId(n * 10 + 1), productId(n * 10 + 2)]
  const [red, blue, green, wood, bulb] = [`RED-${n}`, `BLUE-${n}`, `GREEN-${n}`, `WOOD-${n}`, `BULB-${n}`]
  const [delivered, cancelledEarly, refunded, unpaid, expired] = [n * 10 + 1, n * 10 + 2, n * 10 + 3, n * 10 + 4, n * 10 + 5]
  const lines = [
    { product_id: laptop, sku: red, quantity: 2 },
    { product_id: desk, sku: wood, quantity: 1 },
    { product_id: laptop, sku: red, quantity: 1 },
  ]
  const later = inAnHour()
  const messages: Message[] = [
    created(laptop, { [red]: 40, [blue]: 20 }),
    updated(laptop, [red, blue, green], { version: 2 }),
    updated(laptop, [red, green], { version: 3 }),
    created(desk, { [wood]: 30 }),
    created(lamp, { [bulb]: 7 }),
    deleted(lamp, [bulb], { version: 2 }),
    placed(delivered, lines),
    dueChanged(delivered, later),
    became(delivered, 'awaiting_payment', lines, { version: 3 }),
    became(delivered, 'paid', lines, { version: 4 }),
    became(delivered, 'delivered', lines, { version: 7 }),
    returned(delivered, n * 10 + 1, [{ product_id: laptop, sku: red, quantity: 1 }]),
    returned(delivered, n * 10 + 1, [{ product_id: laptop, sku: red, quantity: 1 }]),
    returned(delivered, n * 10 + 2, [{ product_id: desk, sku: wood, quantity: 1 }]),
    placed(cancelledEarly, lines),
    became(cancelledEarly, 'cancelled', lines),
    cancelled(cancelledEarly, lines),
    placed(refunded, lines),
    became(refunded, 'fulfilling', lines),
    cancelled(refunded, lines),
    placed(unpaid, [{ product_id: desk, sku: wood, quantity: 4 }]),
    placed(expired, [{ product_id: laptop, sku: red, quantity: 5 }], { expires: new Date(0) }),
    dueChanged(expired, new Date(1), { version: 2 }),
  ]
  return {
    messages,
    products: [laptop, desk, lamp],
    orderIds: [delivered, cancelledEarly, refunded, unpaid, expired],
    skus: [red, blue, green, wood, bulb],
  }
}

const outcomeOf = async ({ products, orderIds, skus }: ReturnType<typeof scenario>) => {
  const name = (sku: string) => sku.split('-')[0]
  const levels = await sql.db.selectFrom('skus').selectAll().where('product_id', 'in', products).execute()
  const states = await sql.db.selectFrom('reservations').select(['order_id', 'state']).where('order_id', 'in', orderIds).execute()
  const moved = await sql.db.selectFrom('movements').select(['sku', 'delta']).where('sku', 'in', skus).execute()
  const shown = levels.map(({ sku, quantity, reserved, low, opened, archived }) => ({
    sku: name(sku),
    quantity,
    reserved,
    low,
    opened,
    archived,
  }))
  return {
    levels: shown.sort((a, b) => String(a.sku).localeCompare(String(b.sku))),
    states: states.sort((a, b) => a.order_id - b.order_id).map(({ state }) => state),
    onHand: skus.map(sku => moved.filter(row => row.sku === sku).reduce((sum, { delta }) => sum + delta, 0)),
  }
}

/** The sweeps that run all the time. */
const sweep = async () => {
  await reservations.retryWaiting()
  await reservations.expire(new Date())
  await reservations.retryWaiting()
}

describe('events in any order, some repeated, some at the same time', () => {
  test('have the same outcome as in the order in which they happened', async () => {
    const inOrder = scenario()
    await deliver(...inOrder.messages)
    await sweep()
    const expected = await outcomeOf(inOrder)
    expect(expected.states).toEqual(['committed', 'released', 'released', 'reserved', 'expired'])
    expect(expected.levels.map(({ sku, quantity, reserved }) => [sku, quantity, reserved])).toEqual([
      ['BLUE', 20, 0],
      ['BULB', 7, 0],
      ['GREEN', 0, 0],
      ['RED', 38, 0],
      ['WOOD', 30, 4],
    ])

    const count = inOrder.messages.length
    const everyIndex = Array.from({ length: count }, (_, i) => i)
    const arrival = fc.record({
      order: fc.shuffledSubarray(everyIndex, { minLength: count }),
      repeated: fc.array(fc.nat(count - 1), { maxLength: 8 }),
      atOnce: fc.integer({ min: 1, max: 10 }),
      sweepsBetween: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(arrival, async ({ order, repeated, atOnce, sweepsBetween }) => {
        const shuffled = scenario()
        const queue = [...order, ...repeated].map(i => shuffled.messages[i]).filter(message => message !== undefined)
        while (queue.length > 0) {
          await Promise.all(queue.splice(0, atOnce).map(message => deliver(message)))
          if (sweepsBetween) await reservations.retryWaiting()
        }
        await sweep()
        expect(await outcomeOf(shuffled)).toEqual(expected)
        expect(await inventory.drift()).toEqual(noDrift)
      }),
      { numRuns: 25 },
    )
  })
})

describe('many orders for a few pieces', () => {
  const rush = async (orderCount: number, make: (order: number) => { product_id: string; sku: string; quantity: number }[]) => {
    const first = ++round * 10_000
    const messages = Array.from({ length: orderCount }, (_, i) => placed(first + i, make(i)))
    await Promise.all(messages.map(message => deliver(message)))
    const states = await sql.db
      .selectFrom('reservations')
      .select('state')
      .where('order_id', '>=', first)
      .where('order_id', '<', first + orderCount)
      .execute()
    return {
      reserved: states.filter(({ state }) => state === 'reserved').length,
      rejected: states.filter(({ state }) => state === 'rejected').length,
    }
  }

  test('reserve 10 pieces for 10 of 200 buyers and reject the rest', async () => {
    const { sku, line } = await inventory.stocked(10)
    const outcome = await rush(200, () => [line(1)])
    expect(outcome).toEqual({ reserved: 10, rejected: 190 })
    expect(await inventory.level(sku)).toEqual({ quantity: 10, reserved: 10 })
  })

  test('lock several SKUs each, in opposite orders, and all get an answer', async () => {
    const { skus, line } = await inventory.stocked({ 'X-1': 10, 'X-2': 10, 'X-3': 10 })
    const { reserved, rejected } = await rush(60, i => skus.map((_, at) => line(1, skus[(at + i) % 3])))
    expect({ reserved, rejected }).toEqual({ reserved: 10, rejected: 50 })
    for (const sku of skus) expect(await inventory.level(sku)).toEqual({ quantity: 10, reserved: 10 })
  })
})
