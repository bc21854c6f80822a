import { placeIn, weightIn } from './domain-fields'
import { type Part, placeOf, termOf } from './domain-part'

/**
 * How well a product matches a word, in twelve bits that compare as numbers: fewer typos before heavier fields before the exact spelling
 * before an earlier place in the name.
 */
export const mostTypos = 2
const pack = (typos: number, weight: number, exactness: number, place: number) =>
  ((3 - Math.min(typos, mostTypos)) << 10) | (weight << 6) | (exactness << 4) | place
export const typosIn = (match: number): number => 3 - (match >> 10)
export const weightOf = (match: number): number => (match >> 6) & 15
export const exactnessIn = (match: number): number => (match >> 4) & 3
export const placeOfMatch = (match: number): number => match & 15

/** As typed, in other marks, or in another form, such as a plural or a beginning; a typo is nearer to none. */
export const exactness = { asTyped: 3, otherMarks: 2, otherForm: 1, typo: 0 } as const

/** Terms of the dictionary, one of which a product must have. */
export type Source = { term: string } | { prefix: string } | { terms: readonly string[] }

/** One way to match a word. With several sources, a product needs all of them, or all but `missing`, each of which counts as a typo. */
export interface Way {
  sources: readonly Source[]
  missing?: number
  typos?: number
  exactness: number
  /** What the field's weight counts, from 0 to 1. */
  share: number
}

/** A beginning is followed through this many postings at most: a single letter would have the whole dictionary read. */
const mostPostings = 250_000

/** Reports each term of a source that a part has. */
const eachTerm = (part: Part, source: Source, visit: (term: number) => void) => {
  if ('term' in source) {
    const term = termOf(part, source.term)
    if (term >= 0) visit(term)
    return
  }
  if ('terms' in source) {
    for (const word of source.terms) {
      const term = termOf(part, word)
      if (term >= 0) visit(term)
    }
    return
  }
  let left = mostPostings
  for (let at = placeOf(part.terms, source.prefix); left > 0 && part.terms[at]?.startsWith(source.prefix); at++) {
    const { from, to } = part.postings(at)
    left -= to - from
    visit(at)
  }
}

/** By impact: the match that it makes. */
const matchesOf = ({ typos = 0, exactness, share }: Way): Uint16Array =>
  Uint16Array.from({ length: 256 }, (_, impact) =>
    pack(typos, Math.max(1, Math.round(weightIn(impact) * share)), exactness, placeIn(impact)),
  )

export interface Matching {
  part: Part
  /** How many products the present word has met. */
  met: number
}

/** Notes the best match of each product for one word. */
export const matchWay = (matching: Matching, way: Way, matched: Set<string>): void => {
  const table = matchesOf(way)
  const [only] = way.sources
  if (way.sources.length === 1 && only) matchOne(matching, only, table, matched)
  else matchSeveral(matching, way, table, matched)
}

const matchOne = (matching: Matching, source: Source, table: Uint16Array, matched: Set<string>) => {
  const { part } = matching
  const { best, seen } = part.scratch
  let { met } = matching
  eachTerm(part, source, term => {
    note(matched, part, term)
    const { values, from, to } = part.postings(term)
    for (let at = from; at < to; at++) {
      const posting = values[at] ?? 0
      const doc = posting >>> 8
      const match = table[posting & 255] ?? 0
      const before = best[doc] ?? 0
      if (match <= before) continue
      if (before === 0) seen[met++] = doc
      best[doc] = match
    }
  })
  matching.met = met
}

const matchSeveral = (matching: Matching, { sources, missing = 0 }: Way, table: Uint16Array, matched: Set<string>) => {
  const { part } = matching
  const { best, seen, count, lowest, stamp } = part.scratch
  const docs: number[] = []
  for (const [at, source] of sources.entries())
    eachTerm(part, source, term => {
      note(matched, part, term)
      const { values, from, to } = part.postings(term)
      for (let index = from; index < to; index++) {
        const posting = values[index] ?? 0
        const doc = posting >>> 8
        if (stamp[doc] === at + 1) continue
        stamp[doc] = at + 1
        const match = table[posting & 255] ?? 0
        const times = count[doc] ?? 0
        if (times === 0) docs.push(doc)
        // The weakest of its parts decides, at the place of the first.
        lowest[doc] = times === 0 ? match : Math.min(lowest[doc] ?? 0, (match & ~15) | ((lowest[doc] ?? 0) & 15))
        count[doc] = times + 1
      }
    })
  for (const doc of docs) {
    const lacking = sources.length - (count[doc] ?? 0)
    const lowestMatch = lowest[doc] ?? 0
    count[doc] = 0
    stamp[doc] = 0
    if (lacking > missing) continue
    const match = lacking === 0 ? lowestMatch : pack(typosIn(lowestMatch) + lacking, weightOf(lowestMatch), 0, placeOfMatch(lowestMatch))
    const before = best[doc] ?? 0
    if (match <= before) continue
    if (before === 0) seen[matching.met++] = doc
    best[doc] = match
  }
}

const mostNoted = 500
const note = (matched: Set<string>, part: Part, term: number) => {
  const word = part.terms[term]
  if (word !== undefined && matched.size < mostNoted) matched.add(word)
}

/** How many live products have a term. */
export const liveWith = (part: Part, word: string, most = 10_000): number => {
  const term = termOf(part, word)
  if (term < 0) return 0
  const { values, from, to } = part.postings(term)
  let count = 0
  for (let at = from; at < to && count < most; at++) if (part.isLive((values[at] ?? 0) >>> 8)) count++
  return count
}
