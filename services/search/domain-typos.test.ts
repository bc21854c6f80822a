import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { distanceTo, typosAllowed } from './domain-typos'

/** As it is defined, without bounds. */
const distance = (a: string, b: string): number => {
  if (a === '' || b === '') return a.length + b.length
  const last = a.at(-1) === b.at(-1) ? 0 : 1
  const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)
  return Math.min(
    distance(a.slice(0, -1), b) + 1,
    distance(a, b.slice(0, -1)) + 1,
    distance(a.slice(0, -1), b.slice(0, -1)) + last,
    swapped ? distance(a.slice(0, -2), b.slice(0, -2)) + 1 : Number.POSITIVE_INFINITY,
  )
}
const near = (distance: number, most: number) => (distance > most ? 255 : distance)

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })

test('the distance of two words is that of its definition, as far as it is asked for', () => {
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 2 }), fc.boolean(), (one, other, most, asPrefix) => {
      const beginnings = Array.from({ length: other.length + 1 }, (_, end) => distance(one, other.slice(0, end)))
      const isTooLong = !asPrefix && other.length > one.length + most
      expect(distanceTo(one, other, most, asPrefix)).toEqual({
        whole: near(distance(one, other), most),
        prefix: isTooLong ? 255 : near(Math.min(...beginnings), most),
      })
    }),
    { numRuns: 300 },
  )
})

test('a slip is a letter too many, missing, wrong, or two swapped', () => {
  const slips = ['kettlle', 'ketle', 'kertle', 'ektlte', 'eklt', 'kettle']
  expect(slips.map(slip => distanceTo(slip, 'kettle', 2, false).whole)).toEqual([1, 1, 1, 2, 255, 0])
  expect(distanceTo('ketl', 'kettle', 1, true)).toEqual({ whole: 255, prefix: 1 })
})

test('words of more than 64 letters are near to none', () => {
  const [longest, longer] = ['a'.repeat(64), 'a'.repeat(65)]
  expect(distanceTo(longest, longest, 2, false)).toEqual({ whole: 0, prefix: 0 })
  expect(distanceTo(`b${longest.slice(1)}`, `${longest.slice(1)}b`, 2, false).whole).toBe(2)
  for (const [one, other] of [
    [longest, longer],
    [longer, longest],
    [longer, longer],
  ] as const)
    expect(distanceTo(one, other, 2, false)).toEqual({ whole: 255, prefix: 255 })
})

test('one slip is allowed from five letters on, and two from nine', () => {
  expect([4, 5, 8, 9, 64].map(typosAllowed)).toEqual([0, 1, 1, 2, 2])
})
