import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { type Change, type Facts, joinNews, judge, learn, productArchived, requireRoom, stockOf, type Watch, watchKinds } from './domain'

const facts = (more: Partial<Facts> = {}): Facts => ({
  ...{ version: 3, price: 100, currency: 'USD', skus: ['A', 'B'], gone: false, changes: 7 },
  levels: [{ sku: 'A', available: 0, version: 4 }],
  ...more,
})
const priced = (version: number, price: number, currency = 'USD') => ({ catalog: { version, price, currency, skus: ['A', 'B'] } })

describe('news of a product', () => {
  test('tells a lower price, under the next number', () => {
    const { facts: after, changes } = learn(facts(), priced(4, 90))
    expect(changes).toEqual([{ number: 8, kind: 'price_drop', amount: 90, currency: 'USD' }])
    expect(after).toMatchObject({ version: 4, price: 90, changes: 8 })
  })
  test('tells no higher price, but knows it', () => {
    expect(learn(facts(), priced(4, 110))).toMatchObject({ facts: { version: 4, price: 110, changes: 7 }, changes: [] })
  })
  test('changes nothing when it is older than what is known, or the same', () => {
    const known = facts()
    for (const version of [1, 3]) expect(learn(known, priced(version, 1))).toEqual({ facts: known, changes: [] })
    expect(learn(known, { levels: [{ sku: 'A', available: 9, version: 4 }] }).facts).toBe(known)
  })
  test('is no drop when it is the first price', () => {
    expect(learn(facts({ version: 0, price: null, currency: null }), priced(1, 5)).changes).toEqual([])
  })
  test('of a change of currency is passed on, whatever the number is', () => {
    expect(learn(facts(), priced(4, 5000, 'KRW')).changes).toMatchObject([{ kind: 'price_drop', amount: 5000, currency: 'KRW' }])
  })
  test('of one SKU brings a product back when all of its SKUs were sold out', () => {
    const { facts: after, changes } = learn(facts(), { levels: [{ sku: 'B', available: 2, version: 1 }] })
    expect(changes).toEqual([{ number: 8, kind: 'back_in_stock', amount: 2, currency: null }])
    expect(learn(after, { levels: [{ sku: 'A', available: 6, version: 5 }] }).changes).toEqual([])
  })
  test('of a SKU that cannot be bought brings nothing back', () => {
    const { facts: after, changes } = learn(facts(), { levels: [{ sku: 'old', available: 2, version: 1 }] })
    expect({ stock: stockOf(after), changes }).toEqual({ stock: 0, changes: [] })
  })
  test('of a product that is gone tells nothing', () => {
    const { facts: after } = learn(facts(), { catalog: { version: 9, gone: true } })
    expect(learn(after, { ...priced(8, 1), levels: [{ sku: 'A', available: 3, version: 9 }] }).changes).toEqual([])
  })
  test('of a product that was gone and is sold again tells that it is back, and at which price', () => {
    const { facts: gone } = learn(facts({ levels: [{ sku: 'A', available: 3, version: 4 }] }), { catalog: { version: 9, gone: true } })
    const back = learn(gone, priced(10, 90))
    expect(back.changes).toMatchObject([
      { number: 8, kind: 'price_drop', amount: 90 },
      { number: 9, kind: 'back_in_stock', amount: 3 },
    ])
    expect(back.facts).toMatchObject({ version: 10, gone: false })
    expect(learn(back.facts, { catalog: { version: 9, gone: true } }).facts).toBe(back.facts)
    const { facts: soldOut } = learn(facts(), { catalog: { version: 9, gone: true } })
    expect(learn(soldOut, priced(10, 100)).changes).toEqual([])
  })

  const news = fc.oneof(
    fc.record({ version: fc.nat(20), price: fc.integer({ min: 1, max: 9 }) }).map(({ version, price }) => priced(version, price)),
    fc.record({ sku: fc.constantFrom('A', 'B'), version: fc.nat(20), available: fc.nat(2) }).map(level => ({ levels: [level] })),
  )
  test('that comes twice is told once, and numbers have no gap', () => {
    fc.assert(
      fc.property(fc.array(news), all => {
        let known = facts({ changes: 0 })
        const numbers: number[] = []
        for (const one of all) {
          const learned = learn(known, one)
          numbers.push(...learned.changes.map(({ number }) => number))
          expect(learn(learned.facts, one)).toEqual({ facts: learned.facts, changes: [] })
          known = learned.facts
        }
        expect(numbers).toEqual(numbers.map((_, at) => at + 1))
        expect(known.changes).toBe(numbers.length)
      }),
    )
  })
  test('that comes together says in the end what it says one by one', () => {
    const inEnd = ({ version, price, levels }: Facts) => ({ version, price, levels: levels.toSorted((a, b) => (a.sku < b.sku ? -1 : 1)) })
    // An event has one content for each version.
    const distinct = fc.uniqueArray(news, {
      selector: one =>
        'catalog' in one ? `catalog ${one.catalog.version}` : one.levels.map(({ sku, version }) => `${sku} ${version}`).join(),
    })
    fc.assert(
      fc.property(distinct, all => {
        const oneByOne = all.reduce((known, one) => learn(known, one).facts, facts())
        expect(inEnd(learn(facts(), joinNews(all)).facts)).toEqual(inEnd(oneByOne))
      }),
    )
    expect(joinNews([{ levels: [] }])).toEqual({ levels: [] })
  })
})

describe('a watch', () => {
  const now = new Date('2026-01-31T12:00:00Z')
  const hours = (count: number) => new Date(now.getTime() - count * 3_600_000)
  const pauseMs = 24 * 3_600_000
  const drop: Watch = { kind: 'price_drop', price: 100, currency: 'USD', told_at: null, from_change: 3 }
  const back: Watch = { kind: 'back_in_stock', price: null, currency: null, told_at: null, from_change: 3 }
  const to = (amount: number, more: Partial<Change> = {}): Change => ({ number: 4, kind: 'price_drop', amount, currency: 'USD', ...more })
  const returned = to(5, { kind: 'back_in_stock', currency: null })

  test.each([
    ['is told a lower price', drop, to(90), { say: 'tell', from: 100 }],
    ['is not told the price that it knows', drop, to(100), { say: 'nothing' }],
    ['is not told a price that falls, but not below the lowest it knows', { ...drop, price: 80 }, to(90), { say: 'nothing' }],
    ['is told a price that falls below the lowest it knows', { ...drop, price: 80 }, to(79), { say: 'tell', from: 80 }],
    ['is not told a change that was there when it was set', drop, to(90, { number: 3 }), { say: 'nothing' }],
    ['begins anew in another currency', drop, to(50, { currency: 'EUR' }), { say: 'rebase' }],
    ['for a price is not told of stock', drop, returned, { say: 'nothing' }],
    ['for stock is told of its return', back, returned, { say: 'tell', from: 0 }],
    ['for stock is not told within the pause', { ...back, told_at: hours(23) }, returned, { say: 'nothing' }],
    ['for stock is told after the pause', { ...back, told_at: hours(24) }, returned, { say: 'tell', from: 0 }],
  ] as const)('%s', (_, watch, change, verdict) => {
    expect(judge(watch, change, now, pauseMs)).toEqual(verdict)
  })
})

test('a list takes as many as it has room for', () => {
  expect(() => requireRoom(498, 2, 500)).not.toThrow()
  expect(() => requireRoom(498, 3, 500)).toThrow('at most 500')
  expect([codeOf(() => requireRoom(498, 3, 500)), productArchived().code]).toEqual(['too_many_favourites', 'product_archived'])
})

test('the stock of a product is that of the SKUs that can be bought, and never less than nothing', () => {
  const levels = [
    { sku: 'A', available: 3, version: 1 },
    { sku: 'B', available: -2, version: 1 },
    { sku: 'old', available: 9, version: 1 },
  ]
  expect([stockOf({ skus: ['A', 'B'], levels }), stockOf({ skus: ['B'], levels }), stockOf({ skus: [], levels })]).toEqual([3, 0, 0])
})

test('a lower price and a return to stock that come together have numbers of their own', () => {
  const { changes, facts: after } = learn(facts(), { ...priced(4, 90), levels: [{ sku: 'B', available: 2, version: 1 }] })
  expect(changes.map(({ number, kind }) => `${number} ${kind}`)).toEqual(['8 price_drop', '9 back_in_stock'])
  expect(after.changes).toBe(9)
})

test('news replaces what is known of a product and of a SKU, and of no other SKU', () => {
  const levels = [
    { sku: 'A', available: 1, version: 5 },
    { sku: 'B', available: 2, version: 1 },
  ]
  const { facts: after } = learn(facts(), { catalog: { version: 4, price: 120, currency: 'EUR', skus: ['A'] }, levels })
  expect(after).toMatchObject({ version: 4, price: 120, currency: 'EUR', skus: ['A'], levels })
  expect(learn(facts(), { catalog: { version: 9, gone: true } }).facts).toEqual({ ...facts(), version: 9, gone: true })
  expect(watchKinds.map(kind => kind as string)).toEqual(['price_drop', 'back_in_stock'])
})
