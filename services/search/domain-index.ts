import type { Answer, Change, Indexed, Question, Standing } from './domain'
import { clear, evaluate } from './domain-evaluate'
import { fingerprintOf } from './domain-fields'
import type { Synonyms } from './domain-keyword'
import { emptyDelta, type Part, segmentPart, standingOf } from './domain-part'
import { mostPopular, withPopularity } from './domain-popular'
import { emptySegment, type Segment } from './domain-segment'
import { select } from './domain-select'
import { categoryOf, similarTo } from './domain-similar'
import { type Suggestion, suggest } from './domain-suggest'

/** What a new segment is made of: the old one without what left it, and what came since. */
export interface Merge {
  segment: ArrayBuffer
  dead: Uint8Array
  products: Indexed[]
}

/** A product as the columns have it. */
export interface Facts extends Standing {
  price: number
  category?: string
}

const empty = { categories: [], prices: [], tags: [], ratings: [] }
/** A delta or a number of dead products below this is not worth a merge. */
const leastWorth = 500

/** The index: a segment, what changed since it was built, and the words that stand for each other. */
export const productIndex = (built: Segment = emptySegment()) => {
  let base = segmentPart(built)
  let delta = emptyDelta()
  let synonyms: Synonyms = new Map()
  const categoryNames = new Map(Object.entries(built.categoryNames))
  /** Changes since a merge began: its segment does not have them. */
  let since: Change[] | undefined

  const parts = (): Part[] => (delta.size === 0 ? [base] : [base, delta])
  const locate = (id: string): { part: Part; doc: number } | undefined => {
    const inDelta = delta.find(id)
    if (inDelta >= 0) return { part: delta, doc: inDelta }
    const inBase = base.find(id)
    return inBase >= 0 ? { part: base, doc: inBase } : undefined
  }

  const put = (product: Indexed) => {
    const own = product.category_ids.at(-1)
    if (own) categoryNames.set(own, product.category)
    const at = locate(product.id)
    if (at && at.part.fingerprintAt(at.doc) === fingerprintOf(product)) {
      at.part.columns.price[at.doc] = product.price
      setStanding(at, product)
      return
    }
    at?.part.remove(at.doc)
    delta.add(product)
  }
  const setStanding = ({ part: { columns }, doc }: { part: Part; doc: number }, standing: Partial<Standing>) => {
    if (standing.available !== undefined) columns.available[doc] = standing.available
    if (standing.rating !== undefined) columns.rating[doc] = standing.rating
    if (standing.ratings !== undefined) columns.ratings[doc] = standing.ratings
    if (standing.popularity !== undefined) columns.popularity[doc] = standing.popularity
  }

  const install = (segment: Segment) => {
    base = segmentPart(segment)
    delta = emptyDelta()
    for (const [id, name] of Object.entries(segment.categoryNames)) categoryNames.set(id, name)
  }

  const index = {
    get size() {
      return base.live + delta.live
    },
    apply(change: Change): void {
      since?.push(change)
      if (change.kind === 'put') {
        put(change.product)
        return
      }
      const at = locate(change.id)
      if (!at) return
      if (change.kind === 'remove') at.part.remove(at.doc)
      else setStanding(at, change)
    },

    search({ keyword, filters, sort, skip, limit }: Question): Answer {
      const asked = parts()
      const found = evaluate(asked, keyword, synonyms)
      try {
        const { shortened, whole, matched, corrected } = found
        if (found.words === 0 ? keyword.trim() !== '' : found.most === 0)
          return { hits: [], total: 0, facets: empty, shortened, whole: false, matched }
        return {
          ...select(asked, found, { filters, sort, skip, limit }),
          shortened,
          whole,
          matched,
          ...(corrected !== undefined && { corrected }),
        }
      } finally {
        clear(asked, found)
      }
    },
    suggest: (text: string, most: number): Suggestion[] => suggest(parts(), text, most),
    mostPopular: (most: number, category?: string) => mostPopular(parts(), most, category),
    withPopularity: () => withPopularity(parts()),
    similarTo: (product: Indexed, limit: number) => similarTo(parts(), product, limit),

    /** Undefined for a product that is not in the index, such as an archived one. */
    facts(id: string): Facts | undefined {
      const at = locate(id)
      if (!at) return undefined
      const category = at.part.categories[categoryOf(at.part, at.doc)]
      return { ...standingOf(at.part, at.doc), price: at.part.columns.price[at.doc] ?? 0, ...(category !== undefined && { category }) }
    },
    /** The names of the categories that products are directly in. */
    categoryNames: categoryNames as ReadonlyMap<string, string>,
    useSynonyms: (given: Synonyms) => {
      synonyms = given
    },

    isMergeDue: (): boolean =>
      since === undefined &&
      (delta.size > Math.max(leastWorth, 0.02 * base.size) || base.size - base.live > Math.max(leastWorth, 0.1 * base.size)),
    beginMerge(): Merge {
      since = []
      return { segment: base.segment.buffer, dead: base.dead.slice(), products: delta.products() }
    },
    /** Takes the new segment; without one, the merge did not succeed, and everything stays. */
    endMerge(segment?: Segment): void {
      const changes = since ?? []
      since = undefined
      if (!segment) return
      install(segment)
      for (const change of changes) index.apply(change)
    },
  }
  return index
}
export type ProductIndex = ReturnType<typeof productIndex>
