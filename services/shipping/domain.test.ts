import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import {
  carrierStatuses,
  isFinal,
  neverLeft,
  nextStatuses,
  type Progress,
  requireCollectable,
  requireLegalStep,
  type Status,
  statuses,
  stepsUpTo,
} from './domain'

const at = (status: Status, pickedUp = status !== 'created' && status !== 'voided'): Progress => ({ status, pickedUp })
const aProgress = fc.constantFrom(...statuses.map(status => at(status)), at('failed', false))
const aReport = fc.constantFrom(...carrierStatuses)

describe('the status of a shipment', () => {
  test('takes these steps and no other', () => {
    const edges = statuses.flatMap(from => nextStatuses(at(from)).map(to => `${from} → ${to}`))
    expect(edges).toEqual([
      'created → picked_up',
      'created → failed',
      'created → voided',
      'picked_up → in_transit',
      'picked_up → delivered',
      'picked_up → failed',
      'picked_up → returned',
      'in_transit → delivered',
      'in_transit → failed',
      'in_transit → returned',
      'failed → delivered',
      'failed → returned',
    ])
    expect(carrierStatuses.map(status => status as string)).toEqual(['picked_up', 'in_transit', 'delivered', 'failed', 'returned'])
  })
  test('that cannot follow is refused with those that can, but for the void, which only a cancelled order makes', () => {
    expect(() => requireLegalStep(at('created'), 'delivered')).toThrow('From created it can become picked_up or failed.')
    expect(() => requireLegalStep(at('failed'), 'voided')).toThrow('From failed it can become delivered or returned.')
    expect(() => requireLegalStep(at('delivered'), 'returned')).toThrow('A shipment that is delivered does not change again.')
    expect(() => requireLegalStep(at('failed', false), 'delivered')).toThrow('A shipment that is failed does not change again.')
  })
  test('passes the pick-up before the delivery, and never goes back', () => {
    for (const [from, to] of [
      ['created', 'picked_up'],
      ['picked_up', 'in_transit'],
      ['in_transit', 'delivered'],
    ] as const)
      expect(() => requireLegalStep(at(from), to)).not.toThrow()
    for (const [from, to] of [
      ['created', 'delivered'],
      ['created', 'in_transit'],
      ['created', 'returned'],
      ['picked_up', 'picked_up'],
      ['delivered', 'picked_up'],
      ['delivered', 'failed'],
      ['delivered', 'returned'],
      ['returned', 'delivered'],
      ['voided', 'picked_up'],
      ['in_transit', 'voided'],
    ] as const)
      expect(codeOf(() => requireLegalStep(at(from), to))).toBe('illegal_transition')
  })
  test('can be made ready only for a buyer who collects it, and only before it is taken', () => {
    const isCollected = true
    expect(() => requireCollectable(at('created'), { isCollected })).not.toThrow()
    for (const status of statuses) {
      expect(codeOf(() => requireCollectable(at(status), { isCollected: false }))).toBe('not_for_pickup')
      if (status !== 'created') expect(codeOf(() => requireCollectable(at(status), { isCollected }))).toBe('illegal_transition')
    }
  })
  test('can become voided only before the pick-up', () => {
    expect(statuses.filter(status => nextStatuses(at(status)).includes('voided'))).toEqual(['created'])
  })
  test('is over after a failure before the pick-up; after one on the way the parcel may arrive, or come back', () => {
    expect(isFinal(at('failed', false))).toBe(true)
    expect(nextStatuses(at('failed'))).toEqual(['delivered', 'returned'])
    for (const from of ['picked_up', 'in_transit'] as const) expect(() => requireLegalStep(at(from), 'returned')).not.toThrow()
    expect([at('failed', false), at('voided')].every(neverLeft)).toBe(true)
    expect([at('created'), at('picked_up'), at('failed'), at('returned'), at('delivered')].some(neverLeft)).toBe(false)
  })
  test('follows any reports of the carrier in legal steps only', () => {
    fc.assert(
      fc.property(aProgress, fc.array(aReport, { maxLength: 8 }), (start, reports) => {
        let now = start
        for (const report of reports) {
          for (const step of stepsUpTo(now, report)) {
            requireLegalStep(now, step)
            now = { status: step, pickedUp: now.pickedUp || step === 'picked_up' }
          }
          expect(stepsUpTo(now, report)).toEqual([])
        }
      }),
    )
  })
  test('takes the skipped steps too when the carrier reports a later one, and ignores an old report', () => {
    expect(stepsUpTo(at('created'), 'delivered')).toEqual(['picked_up', 'in_transit', 'delivered'])
    expect(stepsUpTo(at('created'), 'returned')).toEqual(['picked_up', 'returned'])
    expect(stepsUpTo(at('in_transit'), 'picked_up')).toEqual([])
    expect(stepsUpTo(at('failed'), 'in_transit')).toEqual([])
    expect(stepsUpTo(at('delivered'), 'returned')).toEqual([])
  })
  test('takes a failure or a return of what the carrier has as one step, and what follows a failure on the way', () => {
    for (const from of ['picked_up', 'in_transit'] as const)
      expect([stepsUpTo(at(from), 'failed'), stepsUpTo(at(from), 'returned')]).toEqual([['failed'], ['returned']])
    expect(stepsUpTo(at('created'), 'failed')).toEqual(['picked_up', 'failed'])
    expect([stepsUpTo(at('failed'), 'delivered'), stepsUpTo(at('failed'), 'returned')]).toEqual([['delivered'], ['returned']])
    expect(stepsUpTo(at('failed', false), 'delivered')).toEqual([])
  })
})
