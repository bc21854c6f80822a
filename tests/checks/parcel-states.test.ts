import { describe, expect, test } from 'bun:test'
import { parcelState, parcelSteps } from '../../web/shop/parts/parcel-states'

const [packed, readyAt, taken] = ['2026-11-30T10:00:00.000Z', '2026-11-30T11:00:00.000Z', '2026-11-30T12:00:00.000Z']

describe('what the shop calls the state of a parcel', () => {
  test('that its buyer collects: it is packed, then ready, and no carrier is waited for', () => {
    const parcel = { status: 'created', carrier: 'pickup' }
    expect(parcelState({ ...parcel, ready_at: null })).toBe('packing')
    expect(parcelState({ ...parcel, ready_at: readyAt })).toBe('ready')
    expect(parcelState({ ...parcel, status: 'picked_up', ready_at: readyAt })).toBe('picked_up')
  })

  test('that a carrier takes is its status', () => {
    expect(parcelState({ status: 'created', carrier: 'dhl', ready_at: null })).toBe('created')
  })
})

test('the steps of a parcel say when it was ready, in its place', () => {
  const events = [
    { status: 'created', at: packed },
    { status: 'picked_up', at: taken },
  ]
  const named = (carrier: string, ready_at: string | null) =>
    parcelSteps({ carrier, ready_at, events }).map(({ status, at }) => [status, at])
  expect(named('pickup', readyAt)).toEqual([
    ['packing', packed],
    ['ready', readyAt],
    ['picked_up', taken],
  ])
  expect(named('pickup', null)).toEqual([
    ['packing', packed],
    ['picked_up', taken],
  ])
  expect(named('dhl', null)).toEqual([
    ['created', packed],
    ['picked_up', taken],
  ])
})
