import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  carrierStatuses,
  isFinal,
  mergeBySku,
  nextStatuses,
  remainingLines,
  requireLegalStep,
  selectLines,
  statuses,
  stepsUpTo,
} from './domain'

const aStatus = fc.constantFrom(...statuses)
const aReport = fc.constantFrom(...carrierStatuses)
const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'nothing'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('the status of a shipment', () => {
  test('passes the pick-up before the delivery, and never goes back', () => {
    expect(() => requireLegalStep('created', 'picked_up')).not.toThrow()
    expect(() => requireLegalStep('picked_up', 'in_transit')).not.toThrow()
    expect(() => requireLegalStep('in_transit', 'delivered')).not.toThrow()
    for (const [from, to] of [
      ['created', 'delivered'],
      ['created', 'in_transit'],
      ['picked_up', 'picked_up'],
      ['delivered', 'picked_up'],
      ['delivered', 'failed'],
      ['voided', 'picked_up'],
      ['in_transit', 'voided'],
    ] as const)
      expect(codeOf(() => requireLegalStep(from, to))).toBe('illegal_transition')
  })
  test('can become voided only before the pick-up', () => {
    expect(statuses.filter(status => nextStatuses[status].includes('voided'))).toEqual(['created'])
  })
  test('follows any reports of the carrier in legal steps only', () => {
    fc.assert(
      fc.property(aStatus, fc.array(aReport, { maxLength: 8 }), (start, reports) => {
        let at = start
        for (const report of reports) {
          for (const step of stepsUpTo(at, report)) {
            requireLegalStep(at, step)
            at = step
          }
          expect(stepsUpTo(at, report).length === 0 || isFinal(at)).toBe(true)
        }
      }),
    )
  })
  test('takes the skipped steps too when the carrier reports a later one, and ignores an old report', () => {
    expect(stepsUpTo('created', 'delivered')).toEqual(['picked_up', 'in_transit', 'delivered'])
    expect(stepsUpTo('in_transit', 'picked_up')).toEqual([])
  })
})

describe('the lines left to ship', () => {
  const line = (product_id: string, sku: string, quantity: number) => ({ product_id, sku, quantity })
  const ordered = [line('p1', 'A', 3), line('p2', 'B', 1), line('p2', 'C', 2), line('p1', 'A', 2)]

  test('are those in no shipment, or in a failed or voided one', () => {
    const shipments = [
      { status: 'delivered' as const, lines: [line('p1', 'A', 4)] },
      { status: 'failed' as const, lines: [line('p2', 'B', 1)] },
      { status: 'voided' as const, lines: [line('p2', 'C', 2)] },
    ]
    expect(remainingLines(ordered, shipments)).toEqual([line('p1', 'A', 1), line('p2', 'B', 1), line('p2', 'C', 2)])
    expect(remainingLines(ordered, [{ status: 'created', lines: ordered }])).toEqual([])
  })
  test('are never exceeded by any series of requests', () => {
    const request = fc.array(fc.record({ product_id: fc.constant('p1'), quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 4 }), requests => {
        const shipments: { status: 'created'; lines: ReturnType<typeof mergeBySku> }[] = []
        for (const request of requests) {
          try {
            shipments.push({ status: 'created', lines: selectLines(ordered, remainingLines(ordered, shipments), request) })
          } catch {}
        }
        const shipped = mergeBySku(shipments.flatMap(({ lines }) => lines)).find(({ sku }) => sku === 'A')?.quantity ?? 0
        expect(shipped).toBeLessThanOrEqual(5)
        expect((remainingLines(ordered, shipments).find(({ sku }) => sku === 'A')?.quantity ?? 0) + shipped).toBe(5)
      }),
    )
  })
  test('are selected by product and SKU of the order', () => {
    const remaining = remainingLines(ordered, [])
    expect(selectLines(ordered, remaining, [{ product_id: 'p1', quantity: 5 }])).toEqual([line('p1', 'A', 5)])
    expect(selectLines(ordered, remaining, undefined)).toEqual(remaining)
    expect(codeOf(() => selectLines(ordered, remaining, [{ product_id: 'p1', quantity: 6 }]))).toBe('over_shipped')
    expect(codeOf(() => selectLines(ordered, remaining, [{ product_id: 'p2', quantity: 1 }]))).toBe('sku_required')
    expect(codeOf(() => selectLines(ordered, remaining, [{ product_id: 'p2', sku: 'A', quantity: 1 }]))).toBe('unknown_line')
    expect(codeOf(() => selectLines(ordered, [], undefined))).toBe('nothing_left')
  })
})
