import { buckets, featuresIn, markWorth, worthOf } from './domain-spam-features'

export interface Labelled {
  text: string
  spam: boolean
}
export interface Weights {
  bias: number
  of: Float32Array
}

/** The lines of a file of labelled texts: `spam` or `honest`, a tab, the text. */
export const labelled = (file: string): Labelled[] =>
  file
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({ spam: line.startsWith('spam\t'), text: line.slice(line.indexOf('\t') + 1) }))

/** What a missed spam costs, when a held-up honest text costs 1. */
const missed = 1.4

/** Logistic regression by stochastic gradient descent. The order is shuffled by a fixed seed, so the same texts give the same weights. */
export const train = (texts: readonly Labelled[], { rounds = 12, rate = 1.2, decay = 1e-3 } = {}): Weights => {
  const rows = texts.flatMap(({ text, spam }) => featuresIn(text).map(features => ({ ...features, spam: spam ? 1 : 0 })))
  const of = new Float32Array(buckets)
  let bias = 0
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return (seed >>> 8) % below
  }
  for (let round = 0; round < rounds; round++) {
    for (let last = rows.length - 1; last > 0; last--) {
      const other = random(last + 1)
      const row = rows[last]!
      rows[last] = rows[other]!
      rows[other] = row
    }
    const pace = rate / (1 + round / 2)
    for (const row of rows) {
      const { list, marks, spam } = row
      const worth = worthOf(row)
      let sum = bias
      list.forEach((bucket, n) => {
        sum += of[bucket]! * (n < marks ? worth * markWorth : worth)
      })
      const error = (1 / (1 + Math.exp(-sum)) - spam) * (spam ? missed : 1)
      bias -= pace * error * 0.05
      list.forEach((bucket, n) => {
        of[bucket] = of[bucket]! * (1 - decay) - pace * error * (n < marks ? worth * markWorth : worth)
      })
    }
  }
  return { bias, of }
}
