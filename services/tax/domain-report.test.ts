import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { changesReport, notSold, reportEntries, saleAfter } from './domain-report'

describe('the entries of the report', () => {
  test('are a sale for each line, and for each refund its share of each line, by time', () => {
    const line = { country: 'DE', region: '', rate_ppm: 190_000, net: 1000, tax: 190 }
    const order = { order_id: 7, currency: 'EUR', total: 1190, lines: [line], paid_at: new Date(1000) }
    const refunds = [
      { amount: 1000, at: new Date(3000), ofGoods: false },
      { amount: 595, at: new Date(2000), ofGoods: false },
    ]
    const entry = { order_id: 7, currency: 'EUR', country: 'DE', region: '', rate_ppm: 190_000 }
    // The second refund is cut: with the first, no more than the whole order goes back.
    expect(reportEntries(order, refunds)).toEqual([
      { ...entry, entry: 0, kind: 'sale', at: new Date(1000), net: 1000, tax: 190 },
      { ...entry, entry: 1, kind: 'refund', at: new Date(2000), net: -500, tax: -95 },
      { ...entry, entry: 2, kind: 'refund', at: new Date(3000), net: -500, tax: -95 },
    ])
  })
  const sold = fc.array(fc.record({ net: fc.nat(10 ** 7), tax: fc.nat(10 ** 6) }), { minLength: 1, maxLength: 10 })
  const mixed = [
    { country: 'DE', region: '', rate_ppm: 70_000, net: 1000, tax: 70 },
    { country: 'DE', region: '', rate_ppm: 190_000, net: 2000, tax: 380 },
    { country: 'DE', region: '', rate_ppm: 190_000, net: 500, tax: 95 },
  ]
  const basket = { order_id: 7, currency: 'EUR', total: 4045, lines: mixed, paid_at: new Date(0) }
  /** What each refund takes off the net amounts and the taxes of the lines. */
  const takenOff = (refunds: Parameters<typeof reportEntries>[1], returns: Parameters<typeof reportEntries>[2]) =>
    reportEntries(basket, refunds, returns).flatMap(({ kind, net, tax }) => (kind === 'refund' ? [[0 - net, 0 - tax]] : []))
  const returned = (amount: number, at = 1000) => ({ amount, at: new Date(at), ofGoods: true })
  test('of returned goods are at the rates of those goods', () => {
    expect(takenOff([returned(1190)], [[0, 1190]])).toEqual([
      [0, 0],
      [1000, 190],
      [0, 0],
    ])
    const inTurn = takenOff(
      [returned(535), returned(1190, 2000)],
      [
        [535, 0],
        [0, 1190],
      ],
    )
    expect(inTurn).toEqual([
      [500, 35],
      [0, 0],
      [0, 0],
      [0, 0],
      [1000, 190],
      [0, 0],
    ])
  })
  test('of returned goods wait for nothing: until their lines are known, they have a share of each line', () => {
    expect(takenOff([returned(4045)], [])).toEqual(mixed.map(({ net, tax }) => [net, tax]))
    const [food = []] = takenOff([returned(1190)], [])
    expect(food[0]).toBeGreaterThan(0)
  })
  test('of anything else share what the returned goods left', () => {
    const refunds = [returned(1070), { amount: 2975, at: new Date(2000), ofGoods: false }]
    expect(takenOff(refunds, [[1070, 0]])).toEqual([
      [1000, 70],
      [0, 0],
      [0, 0],
      [0, 0],
      [2000, 380],
      [500, 95],
    ])
  })
  test('of returned goods take no more off a line than it was sold for', () => {
    expect(takenOff([returned(2000)], [[2000, 0]])[0]).toEqual([1000, 70])
  })
  test('add up to zero after a full refund in any parts and in any order, whatever came back', () => {
    const someReturns = fc.array(fc.array(fc.nat(10 ** 6), { maxLength: 10 }), { maxLength: 3 })
    fc.assert(
      fc.property(sold, fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }), someReturns, (lines, cuts, returns) => {
        const total = lines.reduce((sum, { net, tax }) => sum + net + tax, 0)
        const marks = [...cuts.map(cut => Math.floor((total * cut) / 100)), 0, total].sort((a, b) => a - b)
        const refunds = marks
          .slice(1)
          .map((mark, index) => ({ amount: mark - marks[index]!, at: new Date(index * 1000), ofGoods: index % 2 === 0 }))
        const order = {
          order_id: 1,
          currency: 'EUR',
          total,
          paid_at: new Date(0),
          lines: lines.map(line => ({ ...line, country: 'DE', region: '', rate_ppm: 1 })),
        }
        const entries = reportEntries(order, refunds.toReversed(), returns)
        expect(entries.reduce((sum, { net }) => sum + net, 0)).toBe(0)
        expect(entries.reduce((sum, { tax }) => sum + tax, 0)).toBe(0)
        // And each refund is reported with its whole amount, to the cent.
        for (const [index, { amount }] of refunds.entries()) {
          const parts = entries.filter(({ kind, at }) => kind === 'refund' && at.getTime() === index * 1000)
          expect(parts.reduce((sum, { net, tax }) => sum - net - tax, 0)).toBe(amount)
        }
      }),
    )
  })
})

describe('what is known of a sale', () => {
  const [early, late] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-02T00:00:00Z')]
  const price = { version: 2, currency: 'EUR', total: 119, lines: [] }
  const sold = { paid_at: early, unsold: 0 }
  test('is the earliest of its dates, and that it was cancelled unpaid, in whatever order it is told', () => {
    const facts = [
      { orderId: 1, soldAt: late },
      { orderId: 1, unsold: true as const },
      { orderId: 1, soldAt: early },
      { orderId: 1, price },
    ]
    for (const told of [facts, facts.toReversed()]) expect(saleAfter(notSold, told)).toEqual({ paid_at: early, unsold: 1 })
    expect(saleAfter(sold, [{ orderId: 1, soldAt: late }])).toEqual(sold)
  })
  test('changes the report unless it was known, or is the price of what is not sold', () => {
    expect(changesReport(notSold, [{ orderId: 1, price }])).toBe(false)
    expect(changesReport(sold, [{ orderId: 1, price }])).toBe(true)
    expect(changesReport(notSold, [{ orderId: 1, soldAt: late }])).toBe(true)
    expect(
      changesReport(sold, [
        { orderId: 1, soldAt: late },
        { orderId: 1, soldAt: early },
      ]),
    ).toBe(false)
    expect(changesReport(notSold, [{ orderId: 1, unsold: true }])).toBe(true)
    expect(changesReport({ paid_at: null, unsold: 1 }, [{ orderId: 1, unsold: true }])).toBe(false)
    expect(changesReport(notSold, [{ orderId: 1, refund: { id: 1, amount: 1, at: late, ofGoods: false } }])).toBe(true)
    expect(changesReport(notSold, [{ orderId: 1, returned: { id: 1, lines: [1] } }])).toBe(true)
  })
})
