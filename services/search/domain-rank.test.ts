import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Standing } from './domain'
import { emptyDelta } from './domain-part'
import { contribution, explain, rarityOf, relevance } from './domain-rank'
import { product } from './testing-catalog'

const word = fc.record({
  typos: fc.integer({ min: 0, max: 2 }),
  weight: fc.integer({ min: 1, max: 15 }),
  exactness: fc.integer({ min: 0, max: 3 }),
  place: fc.integer({ min: 0, max: 15 }),
  rarity: fc.integer({ min: 0, max: 15 }),
  follows: fc.boolean(),
})
const standing = fc.record<Standing>({
  available: fc.integer({ min: 0, max: 3 }),
  popularity: fc.constantFrom(0, 1, 7, 1e6),
  // No reviews are a rating of 0.
  ...{ rating: fc.constantFrom(1, 3, 5), ratings: fc.constantFrom(0, 8, 1000) },
})
const found = fc.record({ words: fc.array(word, { minLength: 1, maxLength: 12 }), nameLength: fc.integer({ min: 1, max: 15 }), standing })
type Found = typeof found extends fc.Arbitrary<infer T> ? T : never

const keyOf = ({ words, nameLength, standing }: Found, least?: number) => {
  const part = emptyDelta()
  part.add(product(Array.from({ length: nameLength }, (_, n) => `w${n}`).join(' '), standing))
  const sum = words.reduce(
    (sum, { typos, weight, exactness, place, rarity, follows }) =>
      sum + contribution(((3 - typos) << 10) | (weight << 6) | (exactness << 4) | place, rarity, follows),
    0,
  )
  return relevance(part, 0, sum, least)
}
const total = <T>(of: readonly T[], by: (one: T) => number) => of.reduce((sum, one) => sum + by(one), 0)

test('an explanation says what each word and the product itself brought', () => {
  fc.assert(
    fc.property(found, one => {
      const { words, nameLength, standing } = one
      const named = words.filter(({ place }) => place > 0).length
      expect(explain(keyOf(one))).toEqual({
        words: words.length,
        rarity: total(words, ({ rarity }) => rarity),
        typos: total(words, ({ typos }) => typos),
        words_in_name: named,
        neighbours_in_name: words.filter(({ follows }) => follows).length,
        whole_name: named === nameLength,
        field_weight: total(words, ({ weight }) => weight),
        exactness: total(words, ({ exactness }) => exactness),
        in_stock: standing.available > 0,
        popularity: expect.any(Number),
        share_of_name: Math.floor((7 * Math.min(named, nameLength)) / nameLength),
      })
    }),
  )
})

test('each rule decides only between what all rules before hold equal', () => {
  const places = (one: Found) => {
    const { typos, ...rest } = explain(keyOf(one))
    return [
      ...[rest.words, rest.rarity, -typos, rest.words_in_name, rest.neighbours_in_name, Number(rest.whole_name)],
      ...[rest.field_weight, rest.exactness, Number(rest.in_stock), rest.popularity, rest.share_of_name],
    ]
  }
  // A product and one that differs from it in little.
  const pair = found.chain(one =>
    fc.tuple(fc.constant(one), fc.record({ words: fc.constant(one.words), nameLength: fc.nat(14).map(n => n + 1), standing })),
  )
  fc.assert(
    fc.property(fc.oneof(pair, fc.tuple(found, found)), ([a, b]) => {
      const [x, y] = [places(a), places(b)]
      const first = x.findIndex((value, at) => value !== y[at])
      expect(Math.sign(keyOf(a) - keyOf(b))).toBe(first < 0 ? 0 : Math.sign((x[first] ?? 0) - (y[first] ?? 0)))
    }),
  )
})

test('below what is asked for it is only known to be below', () => {
  fc.assert(
    fc.property(found, found, (a, b) => {
      const [exact, least] = [keyOf(a), keyOf(b)]
      if (exact >= least) expect(keyOf(a, least)).toBe(exact)
      else expect(keyOf(a, least)).toBeLessThan(least)
    }),
  )
  const one = fc.sample(found, 1)[0]!
  expect(keyOf(one, 2 ** 53)).toBe(keyOf({ ...one, standing: { available: 0, popularity: 0, rating: 1, ratings: 1e9 } }, 2 ** 53))
})

test('sales count by their order of magnitude, and ratings by how many there are', () => {
  const popularityOf = (standing: Partial<Standing>) =>
    explain(keyOf({ words: [], nameLength: 1, standing: { available: 1, popularity: 0, rating: 0, ratings: 0, ...standing } })).popularity
  expect([0, -1, 1, 3, 1000, 1e9].map(popularity => popularityOf({ popularity }))).toEqual([50, 50, 63, 75, 175, 225])
  expect([1, 3, 5].map(rating => popularityOf({ rating, ratings: 1000 }))).toEqual([0, 40, 80])
  expect(popularityOf({ rating: 5, ratings: 8 })).toBe(65)
})

test('a product without a word of the question has no whole name', () => {
  expect(explain(keyOf({ words: [], nameLength: 1, standing: { available: 0, popularity: 0, rating: 0, ratings: 0 } })).whole_name).toBe(
    false,
  )
  const part = emptyDelta()
  part.add(product('!'))
  expect(explain(relevance(part, 0, 0)).whole_name).toBe(false)
})

test('a word is the rarer, the fewer of the products have it', () => {
  const rarities = [rarityOf(7, 7), rarityOf(3, 7), rarityOf(1, 7), rarityOf(0, 7), rarityOf(0, 2 ** 20), rarityOf(9, 3)]
  expect(rarities).toEqual([0, 1, 2, 3, 15, -2])
})
