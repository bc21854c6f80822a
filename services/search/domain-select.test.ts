import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { catalog, product } from './testing-catalog'

const price = fc.oneof(
  fc.integer({ min: 0, max: 10_000_000 }).map(cents => cents / 100),
  // The bounds of the ranges, and their neighbours.
  fc.tuple(fc.constantFrom(1, 2, 5), fc.integer({ min: -2, max: 12 }), fc.constantFrom(-1, 0, 1)).map(([digit, power, by]) => {
    const bound = Number(`${digit}e${power}`)
    return bound * (1 + by * Number.EPSILON)
  }),
)

test('each price range counts the products from its lower bound to below its upper one', () => {
  fc.assert(
    fc.property(fc.array(price, { minLength: 1, maxLength: 20 }), prices => {
      const { facets } = catalog(...prices.map(price => product('Cup', { price }))).ask('cup')
      for (const { from, to, count } of facets.prices) expect(count).toBe(prices.filter(price => from <= price && price < to).length)
      expect(facets.prices.reduce((sum, { count }) => sum + count, 0)).toBe(prices.length)
    }),
  )
})

test('few products of many are found as well as many, and a question leaves nothing behind for the next', () => {
  const names = [...Array.from({ length: 100 }, (_, n) => `Cup ${n}`), 'Blue cup', 'Blue cup', 'Blue kettle']
  const { ask } = catalog(...names)
  for (let round = 0; round < 2; round++) {
    expect(ask('cup').total).toBe(102)
    expect(ask('blue cup').total).toBe(2)
    expect(ask('blue').total).toBe(3)
    expect(ask('kettle').total).toBe(1)
  }
})

test('the first products are the same however many are asked for', () => {
  const some = fc.record({
    name: fc.constantFrom('Cup', 'Cup of tea', 'Cup cake', 'Tea cup'),
    available: fc.nat(1),
    popularity: fc.nat(3),
    price: fc.constantFrom(1, 2, 3),
  })
  fc.assert(
    fc.property(
      fc.array(some, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('relevance', 'price', 'name'),
      fc.nat(8),
      (list, sort, limit) => {
        const { ask } = catalog(...list.map(({ name, ...fields }) => product(name, fields)))
        const all = ask('cup', { sort, limit: 100 }).hits
        expect(ask('cup', { sort, limit: limit + 1 }).hits).toEqual(all.slice(0, limit + 1))
        expect(ask('cup', { sort, skip: limit, limit: 5 }).hits).toEqual(all.slice(limit, limit + 5))
      },
    ),
  )
})
