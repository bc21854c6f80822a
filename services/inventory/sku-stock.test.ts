import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { lockSkuStock } from './sku-stock'
import { noDrift, placed, type TestInventory, testInventory } from './testing'

let inventory: TestInventory
beforeAll(async () => {
  inventory = await testInventory()
})
afterAll(async () => {
  expect(await inventory.drift()).toEqual(noDrift)
  await inventory.drop()
})

describe('locks on SKUs', () => {
  test('never deadlock between transactions that lock once: none of them runs a second time', async () => {
    const { skus } = await inventory.stocked({ 'L-1': 1, 'L-2': 1, 'L-3': 1, 'L-4': 1 })
    let runs = 0
    const lock = (order: readonly string[]) =>
      inventory.sql.transaction(async trx => {
        runs++
        const stock = await lockSkuStock(trx, order)
        expect([...stock.keys()]).toEqual(skus)
      })
    await Promise.all(Array.from({ length: 100 }, (_, i) => lock(i % 2 === 0 ? skus : skus.toReversed())))
    expect(runs).toBe(100)
  })

  test('are taken by groups of messages in one order, and every order gets its stock', async () => {
    const { line, skus } = await inventory.stocked({ 'G-1': 100, 'G-2': 100 })
    const orders = Array.from({ length: 200 }, (_, i) => placed(i + 1, [line(1, skus[(i + Math.floor(i / 50)) % 2])]))
    await Promise.all(orders.map(order => inventory.deliver(order)))
    for (const sku of skus) expect(await inventory.level(sku)).toEqual({ quantity: 100, reserved: 100 })
  })
})
