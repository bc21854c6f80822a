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
    for (const [doc, score] of scores) {
      const id = part.idOf(doc)
      if (id !== product.id) found.push({ id, score, same_category: code >= 0 && categoryOf(part, doc) === code })
    }
  }
  found.sort((a, b) => Number(b.same_category) - Number(a.same_category) || b.score - a.score || compareIds(a.id, b.id))
  return found.slice(0, limit)
}

/** The code of a product's own category, the last of its path; -1 without one. */
export const categoryOf = ({ columns: { categoryOffsets, categoryCodes } }: Part, doc: number): number => {
  const [from = 0, to = 0] = [categoryOffsets[doc], categoryOffsets[doc + 1]]
  return to > from ? (categoryCodes[to - 1] ?? -1) : -1
}
