import { expect, test } from 'bun:test'
import { languages, spamTexts, spamWeights } from '../../scripts/spam-weights'
import { assess, initialModel, scoreText, waitsFrom } from './domain-spam'
import { type Labelled, train } from './domain-spam-training'
import * as shipped from './domain-spam-weights'

const texts = languages.map(language => ({ language, lines: spamTexts(language) }))
const folds = [0, 1, 2, 3, 4]
const without = (fold: number) => texts.flatMap(({ lines }) => lines.filter((_, n) => n % folds.length !== fold))

// Each fifth of the lines is scored by a model that was trained on the other four. Here and not in a test, which has a limit of time.
const scored = folds.flatMap(fold => {
  const model = initialModel(train(without(fold)))
  return texts.flatMap(({ language, lines }) =>
    lines.filter((_, n) => n % folds.length === fold).map(line => ({ ...line, language, score: scoreText(model, line.text) })),
  )
})
const other = spamTexts('transfer').map(line => ({ ...line, score: scoreText(initialModel(), line.text) }))
const weights = spamWeights()

const figures = (lines: (Labelled & { score: number })[]) => {
  const waiting = lines.filter(({ score }) => score >= waitsFrom)
  const found = waiting.filter(({ spam }) => spam).length
  return { precision: found / waiting.length, recall: found / lines.filter(({ spam }) => spam).length, lines: lines.length }
}
const print = (name: string, { precision, recall, lines }: ReturnType<typeof figures>) =>
  console.log(`spam ${name}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} of ${lines} lines`)

test.each(languages)('texts that were held out are told apart in %s', language => {
  const found = figures(scored.filter(line => line.language === language))
  print(language, found)
  expect(found.precision).toBeGreaterThanOrEqual(0.93)
  expect(found.recall).toBeGreaterThanOrEqual(0.86)
})

test('comments and short messages, which the texts are not like, are told apart as well as they ever were', () => {
  const found = figures(other)
  print('in another register', found)
  expect(found.precision).toBeGreaterThanOrEqual(0.9)
  expect(found.recall).toBeGreaterThanOrEqual(0.6)
})

test('of a hundred honest reviews of new customers at most five wait', () => {
  const newcomer = {
    account_age_hours: 0.1,
    reviews_last_hour: 0,
    product_first_reviews_today: 3,
    near_duplicate: 0,
    links: 0,
    five_star_share: 0,
    verified_purchase: false,
  }
  const honest = scored.filter(({ spam }) => !spam)
  const waiting = honest.filter(({ score }) => assess({ textScore: score, signals: newcomer }).waits)
  expect(waiting.length / honest.length).toBeLessThanOrEqual(0.05)
})

test('about two texts of five are spam, in each language, and none comes twice', () => {
  for (const { lines } of texts) {
    const share = lines.filter(({ spam }) => spam).length / lines.length
    expect(share).toBeGreaterThan(0.38)
    expect(share).toBeLessThan(0.45)
  }
  const all = [...texts.flatMap(({ lines }) => lines), ...spamTexts('transfer')].map(({ text }) => text)
  expect(all.filter((text, n) => text.trim() === '' || all.indexOf(text) !== n)).toEqual([])
})

test('the weights that ship are those of the texts (else: bun scripts/spam-weights.ts)', () => {
  const present = new Int8Array(new Uint8Array(Buffer.from(shipped.weights, 'base64')).buffer)
  expect(present.length).toBe(weights.bytes.length)
  // Another processor may round an exponential another way.
  const differing = present.filter((weight, n) => weight !== weights.bytes[n])
  expect(differing.length).toBeLessThan(20)
  expect(shipped.bias).toBeCloseTo(weights.bias, 4)
})
