import { compareIds, type Listing } from './domain'
import { impactsOf, placeIn, weightIn } from './domain-fields'
import { type Part, termOf } from './domain-part'

/** Products alike by the words that they share: rare words count more, and the same category comes first. */
export interface Similar {
  id: string
  score: number
  same_category: boolean
}

const mostTerms = 30
/** Of all its words together, so many products are looked at: those with its most telling words. */
const mostLookedAt = 5_000
/** A word of more than this share of all products says nothing about any. */
const commonShare = 0.2

export const similarTo = (parts: readonly Part[], product: Listing, limit: number): Similar[] => {
  const live = parts.reduce((sum, part) => sum + part.live, 0)
  const frequency = (term: string) =>
    parts.reduce((sum, part) => {
      const at = termOf(part, term)
      if (at < 0) return sum
      const { from, to } = part.postings(at)
      return sum + to - from
    }, 0)
  const telling = [...impactsOf(product).impacts]
    // Neither what only the description says nor what only a SKU does.
    .filter(([, impact]) => weightIn(impact) >= 2 && (weightIn(impact) < 8 || placeIn(impact) > 0))
    .map(([term, impact]) => ({ term, weight: weightIn(impact), count: frequency(term) }))
    .filter(({ count }) => count > 1 && (count <= 20 || count <= live * commonShare))
    .map(one => ({ ...one, worth: Math.log(1 + live / one.count) }))
    .sort((a, b) => b.worth * b.weight - a.worth * a.weight || compareIds(a.term, b.term))
    .slice(0, mostTerms)
    .filter(within(mostLookedAt))
  const own = product.category_ids.at(-1)
  const found: Similar[] = []
  for (const part of parts) {
    const scores = new Map<number, number>()
    for (const { term, weight, worth } of telling) {
      const at = termOf(part, term)
      if (at < 0) continue
      const { values, from, to } = part.postings(at)
      for (let index = from; index < to; index++) {
        const posting = values[index] ?? 0
        const doc = posting >>> 8
        if (!part.isLive(doc)) continue
        scores.set(doc, (scores.get(doc) ?? 0) + worth * Math.min(weight, weightIn(posting & 255)))
      }
    }
    const code = own === undefined ? -1 : part.categories.indexOf(own)
    // Only what may be among the first is given its id, which is text.
    const itself = part.find(product.id)
    const best = [...scores]
      .filter(([doc]) => doc !== itself)
      .map(([doc, score]) => ({ doc, score, same_category: code >= 0 && categoryOf(part, doc) === code }))
      .sort((a, b) => compareSimilar(a, b) || a.doc - b.doc)
    for (const { doc, ...similar } of best.slice(0, limit)) found.push({ id: part.idOf(doc), ...similar })
  }
  found.sort((a, b) => compareSimilar(a, b) || compareIds(a.id, b.id))
  return found.slice(0, limit)
}

const compareSimilar = (a: Omit<Similar, 'id'>, b: Omit<Similar, 'id'>) =>
  Number(b.same_category) - Number(a.same_category) || b.score - a.score

/** Passes what fits, one after the other, into a budget. */
const within = (budget: number) => {
  let left = budget
  return ({ count }: { count: number }): boolean => {
    if (count > left) return false
    left -= count
    return true
  }
}

/** The code of a product's own category, the last of its path; -1 without one. */
export const categoryOf = ({ columns: { categoryOffsets, categoryCodes } }: Part, doc: number): number => {
  const [from = 0, to = 0] = [categoryOffsets[doc], categoryOffsets[doc + 1]]
  return to > from ? (categoryCodes[to - 1] ?? -1) : -1
}
