import { expect, test } from 'bun:test'
import { assess, type Signals, waitsFrom } from './domain-spam-signals'

const signals: Signals = {
  account_age_hours: 24,
  reviews_last_hour: 0,
  product_first_reviews_today: 1,
  near_duplicate: 0,
  links: 0,
  five_star_share: 0,
  verified_purchase: false,
}
const weightOf = (name: keyof Signals, value: number | boolean) =>
  assess({ textScore: 0.5, signals: { ...signals, [name]: value } }).signals.find(one => one.name === name)?.weight

test.each<[string, keyof Signals, [number | boolean, number][]]>([
  [
    'a young account is a small sign of spam, and one of a month is one against it',
    'account_age_hours',
    [
      [0, 0.3],
      [0.99, 0.3],
      [1, 0.2],
      [23, 0.2],
      [24, 0],
      [719, 0],
      [720, -0.3],
      [9999, -0.3],
    ],
  ],
  [
    'from the third review within an hour on, each is a sign, up to a limit',
    'reviews_last_hour',
    [
      [0, 0],
      [2, 0],
      [3, 0.6],
      [5, 1.8],
      [9, 4],
      [99, 4],
    ],
  ],
  [
    'many first reviews of a product within a day are a sign, by how often they double',
    'product_first_reviews_today',
    [
      [0, 0],
      [5, 0],
      [10, 0.5],
      [20, 1],
      [40, 1.5],
      [999, 1.5],
    ],
  ],
  [
    'a text that another account wrote is a sign from half of it on',
    'near_duplicate',
    [
      [0.5, 0],
      [0.6, 1],
      [0.9, 4],
      [1, 5],
    ],
  ],
  [
    'links are a sign, the first most',
    'links',
    [
      [0, 0],
      [1, 0.6],
      [2, 0.9],
      [9, 2],
    ],
  ],
  [
    'raptures alone are a small sign',
    'five_star_share',
    [
      [0.8, 0],
      [0.9, 0.2],
      [1, 0.4],
    ],
  ],
  [
    'a verified purchase is a sign against it',
    'verified_purchase',
    [
      [true, -1],
      [false, 0],
    ],
  ],
])('%s', (_, name, weights) => {
  for (const [value, weight] of weights) expect([value, weightOf(name, value)]).toEqual([value, expect.closeTo(weight, 9)])
})

test('a text weighs by its odds, but never silences all that is known beside it', () => {
  const textWeight = (textScore: number) => assess({ textScore, signals }).signals[0]
  expect(textWeight(0.5)).toEqual({ name: 'text', value: 0.5, weight: 0 })
  expect(textWeight(0.9)?.weight).toBeCloseTo(Math.log(9), 9)
  expect([0, 0.0001, 1, 0.99].map(score => textWeight(score)?.weight)).toEqual([-3, -3, 3.5, 3.5])
})

test('a review waits from even odds on, and when a signal is no number it says nothing', () => {
  expect(waitsFrom).toBe(0.5)
  expect([0.5, 0.49].map(textScore => assess({ textScore, signals }).waits)).toEqual([true, false])
  const broken = { ...signals, links: Number.NaN, another: 9 }
  expect(assess({ textScore: 0.49, signals: broken }).signals.map(({ name }) => name)).toEqual([
    'text',
    ...Object.keys(signals).filter(name => name !== 'links'),
  ])
  expect(assess({ textScore: Number.NaN, signals }).waits).toBe(true)
})
