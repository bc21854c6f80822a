import { steadyRating } from './domain'
import { exactnessIn, placeOfMatch, typosIn, weightOf } from './domain-match'
import type { Part } from './domain-part'

/**
 * The order of relevance: each rule only decides between products that all rules before hold equal. The sums over the words of a question
 * share one number, each with bits enough that it never reaches into the next:
 *
 * words (4) · rarity of the words (8) · typos, fewer first (6) · words in the name (4) · words that follow each other in the name (4) ·
 * weights of the fields (8) · exactness (6)
 */
const unit = { exactness: 1, weight: 2 ** 6, near: 2 ** 14, named: 2 ** 18, typos: 2 ** 22, rarity: 2 ** 28, words: 2 ** 36 } as const

/** What a word adds to a product's sum. `follows`: in the name it stands right after the word before. */
export const contribution = (match: number, rarity: number, follows: boolean): number =>
  unit.words +
  rarity * unit.rarity +
  (3 - typosIn(match)) * unit.typos +
  (placeOfMatch(match) > 0 ? unit.named : 0) +
  (follows ? unit.near : 0) +
  weightOf(match) * unit.weight +
  exactnessIn(match) * unit.exactness

/** `%` of numbers above 32 bits takes far longer than this. */
const remainder = (value: number, of: number) => value - Math.floor(value / of) * of
const field = (sum: number, from: number, bits: number) => remainder(Math.floor(sum / from), 2 ** bits)
export const wordsIn = (sum: number): number => Math.floor(sum / unit.words)

/** From 0 for a word of every product to 15 for one of a few among many. */
export const rarityOf = (met: number, live: number): number => Math.min(15, Math.floor(Math.log2((live + 1) / (met + 1))))

/** What follows the words: in stock (1) · popularity and rating (8) · how much of the name was searched for (3). All in all 53 bits. */
const [popularityBits, shareBits] = [8, 3]
const standingBits = 1 + popularityBits + shareBits

/** Sales count by their order of magnitude, so that they do not drown the rating. */
const popularityRank = (popularity: number, rating: number, ratings: number) =>
  (popularity > 0 ? Math.min(175, Math.round(12.5 * Math.log2(1 + popularity))) : 0) +
  Math.round(((steadyRating(rating, ratings) - 1) / 4) * 80)

const wholeName = (part: Part, doc: number, sum: number) => field(sum, unit.named, 4) === part.columns.nameLength[doc] && wordsIn(sum) > 0

/** Between two products that are equal in all else, the one whose name says less beside what was searched for is meant more likely. */
const shareOfName = (part: Part, doc: number, sum: number) =>
  Math.floor(7 * Math.min(1, field(sum, unit.named, 4) / Math.max(1, part.columns.nameLength[doc] ?? 1)))

/** The sum with the rules that do not depend on a word. Below `least`, where it need not be exact, it is not worked out to the end. */
export const relevance = (part: Part, doc: number, sum: number, least = 0): number => {
  const { available, popularity, rating, ratings } = part.columns
  const upper = Math.floor(sum / unit.near)
  const lower = sum - upper * unit.near
  const words = (upper * 2 + (wholeName(part, doc, sum) ? 1 : 0)) * unit.near + lower
  if ((words + 1) * 2 ** standingBits <= least) return words * 2 ** standingBits
  const standing =
    ((available[doc] ?? 0) > 0 ? 2 ** popularityBits : 0) + popularityRank(popularity[doc] ?? 0, rating[doc] ?? 0, ratings[doc] ?? 0)
  return words * 2 ** standingBits + standing * 2 ** shareBits + shareOfName(part, doc, sum)
}

/** The parts of a place in the order of relevance, for administrators. */
export const explain = (key: number) => {
  const standing = Math.floor((key % 2 ** standingBits) / 2 ** shareBits)
  const words = Math.floor(key / 2 ** standingBits)
  const upper = Math.floor(words / unit.near)
  const sum = Math.floor(upper / 2) * unit.near + (words % unit.near)
  const matched = wordsIn(sum)
  return {
    words: matched,
    rarity: field(sum, unit.rarity, 8),
    typos: 3 * matched - field(sum, unit.typos, 6),
    words_in_name: field(sum, unit.named, 4),
    neighbours_in_name: field(sum, unit.near, 4),
    whole_name: upper % 2 === 1,
    field_weight: field(sum, unit.weight, 8),
    exactness: field(sum, unit.exactness, 6),
    in_stock: standing >= 2 ** popularityBits,
    popularity: standing % 2 ** popularityBits,
    share_of_name: key % 2 ** shareBits,
  }
}
export type Explained = ReturnType<typeof explain>
