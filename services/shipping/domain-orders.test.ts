import { describe, expect, test } from 'bun:test'
import { codeOf } from '#shared/testing-errors'
import type { Line } from './domain-lines'
import { firstParcels, isPackedOrVoided, linesToPack, parcelsToVoid } from './domain-orders'

const line = (sku: string, warehouse: string, quantity = 1): Line => ({ product_id: 'p', sku, quantity, warehouse })
const committed = [line('A', 'main'), line('B', 'north'), line('A', 'main')]
const fresh = { lines: undefined, voided: false }

describe('an order whose stock is committed', () => {
  test('gets one parcel for each warehouse, with the lines of a SKU added up', () => {
    expect(firstParcels(fresh, committed)).toEqual({
      lines: [line('A', 'main', 2), line('B', 'north')],
      parcels: [[line('A', 'main', 2)], [line('B', 'north')]],
    })
  })
  test('gets none when it was packed or voided before', () => {
    expect([firstParcels({ ...fresh, voided: true }, committed), firstParcels({ ...fresh, lines: committed }, committed)]).toEqual([
      undefined,
      undefined,
    ])
    expect([fresh, { ...fresh, voided: true }, { ...fresh, lines: [] }].map(isPackedOrVoided)).toEqual([false, true, true])
  })
})

test('another parcel is packed only from committed stock of an order that is not cancelled', () => {
  expect(linesToPack({ lines: committed, voided: false })).toEqual(committed)
  expect(codeOf(() => linesToPack(fresh))).toBe('order_not_ready')
  expect(codeOf(() => linesToPack({ lines: committed, voided: true }))).toBe('order_cancelled')
})

describe('when an order is cancelled', () => {
  const created = { id: 1, status: 'created', pickedUp: false } as const
  const failed = { id: 2, status: 'failed', pickedUp: false } as const
  const failedOnItsWay = { id: 3, status: 'failed', pickedUp: true } as const
  const onItsWay = { id: 4, status: 'in_transit', pickedUp: true } as const
  test('the parcels that have not left are voided', () => {
    expect(parcelsToVoid([created, failed, onItsWay], { refusePickedUp: false })).toEqual([created])
    expect(parcelsToVoid([created, failed], { refusePickedUp: true })).toEqual([created])
  })
  test('and none of them when one was picked up and the cancellation may still be refused', () => {
    for (const left of [onItsWay, failedOnItsWay])
      expect(codeOf(() => parcelsToVoid([created, left], { refusePickedUp: true }))).toBe('already_picked_up')
  })
})
