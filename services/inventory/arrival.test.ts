import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Message } from '#shared/event'
import {
  became,
  booksBalanced,
  cancelled,
  created,
  deleted,
  dueChanged,
  inAnHour,
  placed,
  productId,
  returned,
  testInventory,
  updated,
} from './testing'

const inventory = await testInventory()
const { sql, hear, orders } = inventory
afterAll(async () => {
  expect(await inventory.broken()).toEqual(booksBalanced)
  await inventory.drop()
})

let round = 0
/** The life of three products and five orders; each round has its own, so that one schema serves them all. */
const story = () => {
  const n = ++round
  const [laptop, desk, lamp] = [productId(n * 10), productId(n * 10 + 1), productId(n * 10 + 2)]
  const [red, blue, green, wood, bulb] = ['RED', 'BLUE', 'GREEN', 'WOOD', 'BULB'].map(name => `${name}-${n}`) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const [delivered, dropped, refunded, waiting, unpaid] = [1, 2, 3, 4, 5].map(i => n * 10 + i) as [number, number, number, number, number]
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
    placed(dropped, lines),
    became(dropped, 'cancelled', lines),
    cancelled(dropped, lines),
    placed(refunded, lines),
    became(refunded, 'fulfilling', lines),
    cancelled(refunded, lines),
    placed(waiting, [{ product_id: desk, sku: wood, quantity: 4 }]),
    placed(unpaid, [{ product_id: laptop, sku: red, quantity: 5 }], { expires: new Date(0) }),
    dueChanged(unpaid, new Date(1), { version: 2 }),
  ]
  return {
    messages,
    products: [laptop, desk, lamp],
    orderIds: [delivered, dropped, refunded, waiting, unpaid],
    skus: [red, blue, green, wood, bulb],
  }
}

const end = async ({ products, orderIds, skus }: ReturnType<typeof story>) => {
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

/** Sweeps go on as they always do. */
const settle = async () => {
  await orders.retryWaiting()
  await orders.expire(new Date())
  await orders.retryWaiting()
}

describe('messages in any order, some of them twice, some at once', () => {
  test('end as they do in the order in which they happened', async () => {
    const straight = story()
    await hear(...straight.messages)
    await settle()
    const expected = await end(straight)
    expect(expected.states).toEqual(['committed', 'released', 'released', 'reserved', 'expired'])
    expect(expected.levels.map(({ sku, quantity, reserved }) => [sku, quantity, reserved])).toEqual([
      ['BLUE', 20, 0],
      ['BULB', 7, 0],
      ['GREEN', 0, 0],
      ['RED', 38, 0],
      ['WOOD', 30, 4],
    ])

    const count = straight.messages.length
    const everyIndex = Array.from({ length: count }, (_, i) => i)
    const arrival = fc.record({
      order: fc.shuffledSubarray(everyIndex, { minLength: count }),
      again: fc.array(fc.nat(count - 1), { maxLength: 8 }),
      atOnce: fc.integer({ min: 1, max: 10 }),
      sweepsBetween: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(arrival, async ({ order, again, atOnce, sweepsBetween }) => {
        const told = story()
        const queue = [...order, ...again].map(i => told.messages[i]).filter(message => message !== undefined)
        while (queue.length > 0) {
          await Promise.all(queue.splice(0, atOnce).map(message => hear(message)))
          if (sweepsBetween) await orders.retryWaiting()
        }
        await settle()
        expect(await end(told)).toEqual(expected)
        expect(await inventory.broken()).toEqual(booksBalanced)
      }),
      { numRuns: 25 },
    )
  })
})

describe('many orders for few pieces', () => {
  const rush = async (orderCount: number, make: (order: number) => { product_id: string; sku: string; quantity: number }[]) => {
    const first = ++round * 10_000
    const messages = Array.from({ length: orderCount }, (_, i) => placed(first + i, make(i)))
    await Promise.all(messages.map(message => hear(message)))
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

  test('200 buyers, 10 pieces: 10 are held and 190 refused', async () => {
    const { sku, line } = await inventory.stocked(10)
    const outcome = await rush(200, () => [line(1)])
    expect(outcome).toEqual({ reserved: 10, rejected: 190 })
    expect(await inventory.level(sku)).toEqual({ quantity: 10, reserved: 10 })
  })

  test('lines that cross each other don’t get in each other’s way', async () => {
    const { skus, line } = await inventory.stocked({ 'X-1': 10, 'X-2': 10, 'X-3': 10 })
    const { reserved, rejected } = await rush(60, i => skus.map((_, at) => line(1, skus[(at + i) % 3])))
    expect({ reserved, rejected }).toEqual({ reserved: 10, rejected: 50 })
    for (const sku of skus) expect(await inventory.level(sku)).toEqual({ quantity: 10, reserved: 10 })
  })
})
