import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { bySku, chooseLines, isEnded, linesLeft, next, reportable, requireLegal, statuses, stepsTo } from './domain'

const aStatus = fc.constantFrom(...statuses)
const aReport = fc.constantFrom(...reportable)
const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'nothing'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('a parcel', () => {
  test('is delivered by way of its pick-up, and never goes back', () => {
    expect(() => requireLegal('created', 'picked_up')).not.toThrow()
    expect(() => requireLegal('picked_up', 'in_transit')).not.toThrow()
    expect(() => requireLegal('in_transit', 'delivered')).not.toThrow()
    for (const [from, to] of [
      ['created', 'delivered'],
      ['created', 'in_transit'],
      ['picked_up', 'picked_up'],
      ['delivered', 'picked_up'],
      ['delivered', 'failed'],
      ['voided', 'picked_up'],
      ['in_transit', 'voided'],
    ] as const)
      expect(codeOf(() => requireLegal(from, to))).toBe('illegal_transition')
  })
  test('can be void only while nobody has picked it up', () => {
    expect(statuses.filter(status => next[status].includes('voided'))).toEqual(['created'])
  })
  test('follows its carrier by legal steps, whatever it says and however often', () => {
    fc.assert(
      fc.property(aStatus, fc.array(aReport, { maxLength: 8 }), (begin, reports) => {
        let at = begin
        for (const report of reports) {
          for (const step of stepsTo(at, report)) {
            requireLegal(at, step)
            at = step
          }
          expect(stepsTo(at, report).length === 0 || isEnded(at)).toBe(true)
        }
      }),
    )
  })
  test('that its carrier first mentions when it has arrived, was picked up on the way', () => {
    expect(stepsTo('created', 'delivered')).toEqual(['picked_up', 'in_transit', 'delivered'])
    expect(stepsTo('in_transit', 'picked_up')).toEqual([])
  })
})

describe('what is left to send', () => {
  const line = (product_id: string, sku: string, quantity: number) => ({ product_id, sku, quantity })
  const ordered = [line('p1', 'A', 3), line('p2', 'B', 1), line('p2', 'C', 2), line('p1', 'A', 2)]

  test('is what no parcel carries; a failed or void one leaves its lines', () => {
    const parcels = [
      { status: 'delivered' as const, lines: [line('p1', 'A', 4)] },
      { status: 'failed' as const, lines: [line('p2', 'B', 1)] },
      { status: 'voided' as const, lines: [line('p2', 'C', 2)] },
    ]
    expect(linesLeft(ordered, parcels)).toEqual([line('p1', 'A', 1), line('p2', 'B', 1), line('p2', 'C', 2)])
    expect(linesLeft(ordered, [{ status: 'created', lines: ordered }])).toEqual([])
  })
  test('is never exceeded, however it is cut', () => {
    const wanted = fc.array(fc.record({ product_id: fc.constant('p1'), quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 4 }), requests => {
        const parcels: { status: 'created'; lines: ReturnType<typeof bySku> }[] = []
        for (const request of requests) {
          try {
            parcels.push({ status: 'created', lines: chooseLines(ordered, linesLeft(ordered, parcels), request) })
          } catch {}
        }
        const sent = bySku(parcels.flatMap(({ lines }) => lines)).find(({ sku }) => sku === 'A')?.quantity ?? 0
        expect(sent).toBeLessThanOrEqual(5)
        expect((linesLeft(ordered, parcels).find(({ sku }) => sku === 'A')?.quantity ?? 0) + sent).toBe(5)
      }),
    )
  })
  test('is asked for by lines of the order', () => {
    const left = linesLeft(ordered, [])
    expect(chooseLines(ordered, left, [{ product_id: 'p1', quantity: 5 }])).toEqual([line('p1', 'A', 5)])
    expect(chooseLines(ordered, left, undefined)).toEqual(left)
    expect(codeOf(() => chooseLines(ordered, left, [{ product_id: 'p1', quantity: 6 }]))).toBe('over_shipped')
    expect(codeOf(() => chooseLines(ordered, left, [{ product_id: 'p2', quantity: 1 }]))).toBe('sku_required')
    expect(codeOf(() => chooseLines(ordered, left, [{ product_id: 'p2', sku: 'A', quantity: 1 }]))).toBe('unknown_line')
    expect(codeOf(() => chooseLines(ordered, [], undefined))).toBe('nothing_left')
  })
})
