import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { labelled, train } from '../services/rating/domain-spam-training'
import { root } from './install'

const folder = join(root, 'services/rating')
export const languages = ['en', 'ko', 'zh', 'vi']
export const spamTexts = (name: string) => labelled(readFileSync(join(folder, 'spam-texts', `${name}.tsv`), 'utf8'))

/** The weights of services/rating/domain-spam-weights.ts: training takes a third of a second, which no start should wait for. */
export const spamWeights = () => {
  const { bias, of } = train(languages.flatMap(spamTexts))
  const scale = of.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127
  return { bias, scale, bytes: Int8Array.from(of, weight => Math.round(weight / scale)) }
}

if (import.meta.main) {
  const { bias, scale, bytes } = spamWeights()
  const lines = [
    '/** Trained on spam-texts/ by `bun scripts/spam-weights.ts`, which is to be run again when a text or a feature changes. */',
    `export const bias = ${bias}`,
    `export const scale = ${scale}`,
    `export const weights =\n  '${Buffer.from(bytes.buffer).toString('base64')}'`,
  ]
  await Bun.write(join(folder, 'domain-spam-weights.ts'), `${lines.join('\n')}\n`)
}
