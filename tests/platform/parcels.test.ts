import { describe, expect, test } from 'bun:test'
import type { Static } from '#shared/schema'
import type { ShipmentView } from '../../services/shipping/model'
import { expectNoDriftAfterwards, shop, unique } from '../shop'
import { pieces, until } from '../shopper'

/** Parcels that are split, come from two warehouses, or come back: the order, its money and the stock end right. */
expectNoDriftAfterwards()
const admin = await shop.admin()
const ann = await shop.shopper()

const report = async (shipmentId: number, ...statuses: string[]) => {
  for (const status of statuses) expect([status, (await shop.reportParcel(shipmentId, status)).status]).toEqual([status, 200])
}
const split = (order_id: number, product_id: string, quantity: number) =>
  admin.call<Static<typeof ShipmentView>>('POST', '/api/shipping/shipments', { body: { order_id, lines: [{ product_id, quantity }] } })
/** What is on hand in each warehouse. */
const onHand = async (productId: string) => {
  const { items } = await shop.guest.call<{ items: { warehouse: string; quantity: number }[] }>('GET', `/api/inventory/${productId}`)
  return Object.fromEntries(items.map(({ warehouse, quantity }) => [warehouse, quantity]))
}

describe('a parcel that comes back', () => {
  test('ends its order as undeliverable: everything is refunded and restocked', async () => {
    const product = await shop.addProduct({ price: 20 })
    const order = await ann.buy(pieces(product, 2))
    const parcel = await ann.untilShipment(order.id)
    await report(parcel.id, 'picked_up', 'failed')
    await ann.untilOrder(order.id, 'shipped')
    await report(parcel.id, 'returned')
    expect(await ann.untilOrder(order.id, 'cancelled')).toMatchObject({ cancel_reason: 'undeliverable' })
    await shop.untilStock(product.id, { quantity: 10, reserved: 0 })
    await until(async () => (await ann.moneyOf(order.id)).held === 0)
  })

  test('beside one that arrives is refunded and restocked alone', async () => {
    const product = await shop.addProduct({ price: 20 })
    const order = await ann.buy(pieces(product, 3))
    const first = await ann.untilShipment(order.id)
    const second = await split(order.id, product.id, 1)
    expect((await ann.shipmentsOf(order.id)).map(({ id, status, lines }) => [id, status, lines[0]?.quantity])).toEqual([
      [second.id, 'created', 1],
      [first.id, 'created', 2],
    ])
    await report(first.id, 'picked_up', 'delivered')
    await report(second.id, 'picked_up', 'returned')
    await ann.untilOrder(order.id, 'delivered')
    await shop.untilStock(product.id, { quantity: 8, reserved: 0 })
    expect(await until(async () => (await ann.moneyOf(order.id)).refunds[0])).toBe(20)
  })
})

test('an order from two warehouses has a parcel of each, and what comes back goes where it came from', async () => {
  const product = await shop.addProduct({ price: 20, stock: 1 })
  const east = `east-${unique()}`
  const stock = { quantity: 5, warehouse: east }
  expect((await admin.ask<{ code: string }>('PUT', `/api/inventory/${product.id}`, { body: stock })).body.code).toBe('unknown_warehouse')
  await admin.call('POST', '/api/inventory/warehouses', { body: { name: east } })
  await admin.call('PUT', `/api/inventory/${product.id}`, { body: stock })

  await until(async () => (await shop.guest.call<{ stock: number }>('GET', `/api/products/${product.id}`)).stock === 6)

  const order = await ann.buy(pieces(product, 3))
  const parcels = await until(async () => {
    const found = await ann.shipmentsOf(order.id)
    return found.length === 2 ? found : undefined
  })
  expect(parcels.map(({ warehouse, lines }) => [warehouse, lines[0]?.quantity]).toSorted()).toEqual([
    [east, 2],
    ['main', 1],
  ])
  const from = (name: string) => parcels.find(({ warehouse }) => warehouse === name)?.id ?? 0
  await report(from('main'), 'picked_up', 'delivered')
  await report(from(east), 'picked_up', 'in_transit', 'returned')
  await ann.untilOrder(order.id, 'delivered')
  await until(async () => (await onHand(product.id))[east] === 5)
  expect(await onHand(product.id)).toEqual({ main: 0, [east]: 5 })
  expect((await ann.call<{ items: unknown[] }>('GET', `/api/orders/${order.id}/returns`)).items).toHaveLength(1)
})
