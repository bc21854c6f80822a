import { buckets, type Features, featuresIn, markWorth, worthOf } from './domain-spam-features'
import type { Weights } from './domain-spam-training'
import { bias, scale, weights } from './domain-spam-weights'

export { assess, type Signals, waitsFrom } from './domain-spam-signals'
export { similarity, sketchOf } from './domain-spam-sketch'

/**
 * How likely a text is spam: logistic regression over hashed words. The weights that ship were trained on spam-texts/. What administrators decide is
 * kept beside them, so a release with better weights does not throw it away, and undoing it all is to forget `learned`.
 */
export interface SpamModel {
  shipped: Weights
  /** In units of `unit`. */
  learned: Int8Array
}

const unit = 1 / 32
/** What one decision moves the log-odds of its own text by at most. A text with few features moves less: "Good" is written by everyone. */
const farthest = 2.2
const telling = 40

let decoded: Weights | undefined
const shipped = (): Weights => {
  if (decoded) return decoded
  const bytes = Buffer.from(weights, 'base64')
  const of = new Float32Array(buckets)
  for (let bucket = 0; bucket < buckets; bucket++) of[bucket] = bytes.readInt8(bucket) * scale
  decoded = { bias, of }
  return decoded
}

export const initialModel = (of: Weights = shipped()): SpamModel => ({ shipped: of, learned: new Int8Array(buckets) })

const logOdds = ({ shipped, learned }: SpamModel, features: Features): number => {
  const worth = worthOf(features)
  let sum = 0
  for (let n = 0; n < features.list.length; n++) {
    const bucket = features.list[n]!
    sum += (shipped.of[bucket]! + learned[bucket]! * unit) * (n < features.marks ? markWorth : 1)
  }
  return shipped.bias + sum * worth
}
const probability = (odds: number) => 1 / (1 + Math.exp(-odds))

/** The passage that is most like spam decides for the whole text. */
const worst = (model: SpamModel, text: string) =>
  featuresIn(text)
    .map(features => ({ features, odds: logOdds(model, features) }))
    .reduce((a, b) => (b.odds > a.odds ? b : a))

/** From 0 to 1. */
export const scoreText = (model: SpamModel, text: string): number => probability(worst(model, text).odds)

/**
 * The model after an administrator's decision on a text. Three rejections of a new kind of text make the next of its kind wait; one decision, right or
 * wrong, moves its own text by a bounded step, and others only by the words that they share with it.
 */
export const learn = (model: SpamModel, text: string, isSpam: boolean): SpamModel => {
  const { features, odds } = worst(model, text)
  const { list, marks } = features
  if (list.length === 0) return model
  const error = (isSpam ? 1 : 0) - probability(odds)
  const learned = model.learned.slice()
  const change =
    (error * farthest * Math.min(1, list.length / telling)) / ((list.length + marks * (markWorth - 1)) * worthOf(features)) / unit
  // Small changes are rounded so that their sum is kept: of 10 buckets that ask for a tenth of a unit each, one gets a unit.
  let owed = 0
  for (const bucket of list) {
    owed += change
    const whole = Math.trunc(owed)
    owed -= whole
    learned[bucket] = Math.max(-127, Math.min(127, learned[bucket]! + whole))
  }
  return { ...model, learned }
}

const format = 1

/** Only what was learned, a byte a bucket. */
export const serialize = ({ learned }: SpamModel): Uint8Array => {
  const bytes = new Uint8Array(1 + learned.length)
  bytes[0] = format
  bytes.set(learned, 1)
  return bytes
}

/** What another version of the features learned means nothing to this one, which then begins anew. */
export const restore = (bytes: Uint8Array): SpamModel => {
  const model = initialModel()
  if (bytes.length === buckets + 1 && bytes[0] === format) model.learned.set(bytes.subarray(1))
  return model
}
