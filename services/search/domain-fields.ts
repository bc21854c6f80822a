import type { Listing } from './domain'
import { fold, hanWords, pairMark, pairsOf, partsOf, singular, tokensOf, visible } from './domain-text'

/**
 * What a term means for a product, in eight bits: how much its fields weigh (four), and where it stands in the name (four: 15 is the first
 * word, 1 the fifteenth, 0 none of them). The name outweighs all other fields together.
 */
const weights = { name: 8, sku: 8, category: 3, tags: 2, attributes: 1, description: 1 } as const
type Field = keyof typeof weights
const most = 15

export const weightIn = (impact: number): number => impact >> 4
export const placeIn = (impact: number): number => impact & 15

/** Longer texts are indexed as far as this. */
const longest: Record<Field, number> = { name: 200, sku: 8000, category: 100, tags: 4000, attributes: 8000, description: 4000 }

interface Found {
  term: string
  /** Its place among the words of the field, from 0. */
  at: number
}

/** The terms of a text. In fields that name things, whole words of Han and Hangul are terms too, and single characters of the name. */
function* termsOf(text: string, field: Field): Generator<Found> {
  const naming = field !== 'description' && field !== 'sku'
  let at = 0
  for (const { text: run, script } of tokensOf(visible(text))) {
    if (script === 'word') {
      const { parts, joined } = partsOf(run)
      const start = at
      for (const part of parts) yield* wordTerms(part, at++, field)
      if (joined) yield { term: fold(joined), at: start }
      continue
    }
    const words = script === 'han' && naming ? hanWords(run) : [run]
    for (const word of words) if (naming) yield { term: word, at: at + words.indexOf(word) }
    for (const term of pairsOf(run)) yield { term, at }
    if (field === 'name') for (const one of run) yield { term: pairMark + one, at }
    at += words.length
  }
}

function* wordTerms(word: string, at: number, field: Field): Generator<Found> {
  const folded = fold(word)
  yield { term: folded, at }
  if (folded !== word) yield { term: word, at }
  const one = field === 'category' || field === 'tags' ? singular(folded) : undefined
  if (one) yield { term: one, at }
}

const textsOf = ({ name, sku, skus, category, tags, attributes, description }: Listing): [Field, string[]][] => [
  ['name', [name]],
  ['sku', [sku, ...skus]],
  ['category', [category]],
  ['tags', tags],
  ['attributes', attributes],
  ['description', [description]],
]

/** The terms of a product, each with its impact, and the number of words in its name. */
export const impactsOf = (listing: Listing): { impacts: Map<string, number>; nameLength: number } => {
  const impacts = new Map<string, number>()
  let nameLength = 0
  for (const [field, texts] of textsOf(listing)) {
    const seen = new Set<string>()
    let left = longest[field]
    for (const text of texts) {
      if (left <= 0) break
      for (const { term, at } of termsOf(text.slice(0, left), field)) {
        if (field === 'name') nameLength = Math.max(nameLength, at + 1)
        if (term === '' || term.length > 64 || seen.has(term)) continue
        seen.add(term)
        const before = impacts.get(term) ?? 0
        const place = field === 'name' && at < 15 ? 15 - at : placeIn(before)
        impacts.set(term, (Math.min(most, weightIn(before) + weights[field]) << 4) | place)
      }
      left -= text.length
    }
  }
  return { impacts, nameLength: Math.min(nameLength, 255) }
}

/** Changes with everything that the index cuts into terms or filters by, so that a product whose words are as before is not indexed again. */
export const fingerprintOf = (product: Listing): bigint => {
  const { name, description, sku, skus, category, category_ids, tags, attributes, currency, created_at } = product
  return BigInt(Bun.hash(JSON.stringify([name, description, sku, skus, category, category_ids, tags, attributes, currency, created_at])))
}
