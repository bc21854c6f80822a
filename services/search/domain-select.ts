import type { Facets, Filters, Hit, Sort } from './domain'
import { compareIds, steadyRating } from './domain'
import type { Evaluated } from './domain-evaluate'
import { areMany, type Part } from './domain-part'
import { relevance, wordsIn } from './domain-rank'

/** Which of the matched products pass the filters, how many there are of each kind, and which come first. */

const failing = { category: 1, price: 2, stock: 4, tag: 8, rating: 16 } as const

/** The filters that a product does not pass, as bits: each facet counts what all filters but its own let through. */
const failuresOf = (part: Part, { category, min_price, max_price, in_stock, tag, min_rating }: Filters) => {
  const { columns } = part
  const [categoryCode, tagCode] = [codeIn(part.categories, category), codeIn(part.tags, tag)]
  return (doc: number): number => {
    const price = columns.price[doc] ?? 0
    let failed = 0
    if (categoryCode !== undefined && !has(columns.categoryCodes, columns.categoryOffsets, doc, categoryCode)) failed |= failing.category
    if ((min_price !== undefined && price < min_price) || (max_price !== undefined && price > max_price)) failed |= failing.price
    if (in_stock !== undefined && (columns.available[doc] ?? 0) > 0 !== in_stock) failed |= failing.stock
    if (tagCode !== undefined && !has(columns.tagCodes, columns.tagOffsets, doc, tagCode)) failed |= failing.tag
    if (min_rating !== undefined && (columns.rating[doc] ?? 0) < min_rating) failed |= failing.rating
    return failed
  }
}
/** Undefined without a filter, and -1 for a word that this part does not have. */
const codeIn = (table: readonly string[], word: string | undefined) => (word === undefined ? undefined : table.indexOf(word))

interface List {
  [at: number]: number
}
const has = (codes: List, offsets: List, doc: number, code: number) => {
  for (let at = offsets[doc] ?? 0; at < (offsets[doc + 1] ?? 0); at++) if (codes[at] === code) return true
  return false
}

/** Prices in steps of 1, 2 and 5 by powers of ten, from a cent up. */
const steps = Array.from({ length: 51 }, (_, at) => Number(`${[1, 2, 5][at % 3]}e${Math.floor(at / 3) - 2}`))
const stepBySearch = (price: number): number => {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle] ?? 0) <= price) low = middle + 1
    else high = middle
  }
  return low
}
const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)
/** By the sign, the exponent and the first two binary digits of a price: prices that have these in common are in one step, or in two. */
const stepByStart = Uint8Array.from({ length: 2 ** 14 }, (_, start) => {
  halves[1] = start << 18
  return stepBySearch(double[0] ?? 0)
})
const stepOf = (price: number): number => {
  double[0] = price
  const step = stepByStart[(halves[1] ?? 0) >>> 18] ?? 0
  return price >= (steps[step] ?? Number.POSITIVE_INFINITY) ? step + 1 : step
}
const ratingSteps = [4, 3, 2, 1]

interface Ranked {
  part: number
  doc: number
  key: number
}

const keyOf = (part: Part, sort: Sort, sums: Float64Array): ((doc: number, least: number) => number) => {
  const { columns } = part
  if (sort === 'name') return doc => -(part.nameRank?.[doc] ?? 0)
  if (sort === 'price') return doc => -(columns.price[doc] ?? 0)
  if (sort === '-price') return doc => columns.price[doc] ?? 0
  if (sort === '-created_at') return doc => columns.created[doc] ?? 0
  if (sort === 'rating') return doc => steadyRating(columns.rating[doc] ?? 0, columns.ratings[doc] ?? 0)
  if (sort === 'popular') return doc => columns.popularity[doc] ?? 0
  return (doc, least) => relevance(part, doc, sums[doc] ?? 0, least)
}

/** Keeps the first `most` of what is pushed, in a heap whose top is the last of them. */
const firstOf = (most: number, isBefore: (a: Ranked, b: Ranked) => boolean) => {
  const heap: Ranked[] = []
  const swap = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]]
    if (x && y) [heap[a], heap[b]] = [y, x]
  }
  const isLater = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]]
    return x !== undefined && y !== undefined && isBefore(y, x)
  }
  const sink = () => {
    for (let at = 0; ; ) {
      let last = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && isLater(child, last)) last = child
      if (last === at) return
      swap(at, last)
      at = last
    }
  }
  return {
    /** What has a lower key is not among the first. */
    least: () => (heap.length < most ? Number.NEGATIVE_INFINITY : (heap[0]?.key ?? Number.POSITIVE_INFINITY)),
    push(one: Ranked) {
      const [top] = heap
      if (heap.length < most) {
        let at = heap.push(one) - 1
        for (; at > 0; at = (at - 1) >> 1) {
          if (!isLater(at, (at - 1) >> 1)) break
          swap(at, (at - 1) >> 1)
        }
      } else if (top && isBefore(one, top)) {
        heap[0] = one
        sink()
      }
    },
    sorted: () => heap.toSorted((a, b) => (isBefore(a, b) ? -1 : 1)),
  }
}

const mostTags = 20
const mostCategories = 50

interface Wanted {
  filters: Filters
  sort: Sort
  skip: number
  limit: number
}

export const select = (parts: readonly Part[], found: Evaluated, { filters, sort, skip, limit }: Wanted) => {
  const [categories, tags, currencies] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()]
  const counts = { categories, tags, currencies, prices: new Uint32Array(steps.length + 1) }
  const rated = ratingSteps.map(() => 0)
  const first = firstOf(skip + limit, comesFirst(parts, sort))
  let [total, least] = [0, Number.NEGATIVE_INFINITY]
  for (const [index, part] of parts.entries()) {
    const { columns, scratch } = part
    const failures = failuresOf(part, filters)
    const key = keyOf(part, sort, scratch.sums)
    // Outside the segment, the key says nothing of the name.
    const isCompared = sort !== 'name' || part.nameRank !== undefined
    const [byCategory, byTag] = [new Uint32Array(part.categories.length), new Uint32Array(part.tags.length)]
    const byCurrency = new Uint32Array(part.currencies.length)
    const visit = (doc: number) => {
      const failed = failures(doc)
      if ((failed & ~failing.category) === 0) tally(byCategory, columns.categoryCodes, columns.categoryOffsets, doc)
      if ((failed & ~failing.tag) === 0) tally(byTag, columns.tagCodes, columns.tagOffsets, doc)
      if ((failed & ~failing.price) === 0) {
        const step = stepOf(columns.price[doc] ?? 0)
        counts.prices[step] = (counts.prices[step] ?? 0) + 1
        byCurrency[columns.currency[doc] ?? 0]!++
      }
      if ((failed & ~failing.rating) === 0) {
        const rating = columns.rating[doc] ?? 0
        for (let at = ratingSteps.length - 1; rating >= (ratingSteps[at] ?? 9); at--) rated[at] = (rated[at] ?? 0) + 1
      }
      if (failed !== 0) return
      total++
      const one = key(doc, least)
      if (isCompared && one < least) return
      first.push({ part: index, doc, key: one })
      least = first.least()
    }
    if (found.words === 0) {
      for (let doc = 0; doc < part.size; doc++) if (part.isLive(doc)) visit(doc)
    } else {
      const touched = found.touched[index] ?? 0
      const all = areMany(touched, part)
      for (let n = 0; n < (all ? part.size : touched); n++) {
        const doc = all ? n : (scratch.touched[n] ?? 0)
        if (wordsIn(scratch.sums[doc] ?? 0) === found.most) visit(doc)
      }
    }
    merge(counts.categories, part.categories, byCategory)
    merge(counts.tags, part.tags, byTag)
    merge(counts.currencies, part.currencies, byCurrency)
  }
  const hits = first
    .sorted()
    .slice(skip)
    .flatMap(ranked => hitOf(parts, ranked))
  return { hits, total, facets: facetsOf(counts, rated) }
}

/** Ties go by id. Within the segment, products are numbered by id and have their rank by name. */
const comesFirst = (parts: readonly Part[], sort: Sort) => {
  const inSegment = (a: Ranked, b: Ranked) => a.part === b.part && parts[a.part]?.nameRank !== undefined
  const idOf = ({ part, doc }: Ranked) => parts[part]?.idOf(doc) ?? ''
  const nameOf = ({ part, doc }: Ranked) => parts[part]?.nameKeyOf(doc) ?? ''
  const byId = (a: Ranked, b: Ranked) => (inSegment(a, b) ? a.doc - b.doc : compareIds(idOf(a), idOf(b)))
  const byName = (a: Ranked, b: Ranked) => compareIds(nameOf(a), nameOf(b)) || byId(a, b)
  return (a: Ranked, b: Ranked): boolean => {
    if (sort === 'name' && !inSegment(a, b)) return byName(a, b) < 0
    return a.key !== b.key ? a.key > b.key : byId(a, b) < 0
  }
}

const tally = (counts: Uint32Array, codes: List, offsets: List, doc: number) => {
  for (let at = offsets[doc] ?? 0; at < (offsets[doc + 1] ?? 0); at++) counts[codes[at] ?? 0]!++
}
const merge = (counts: Map<string, number>, words: readonly string[], more: Uint32Array) => {
  for (const [code, count] of more.entries()) if (count > 0) counts.set(words[code] ?? '', (counts.get(words[code] ?? '') ?? 0) + count)
}

const mostFirst = (counts: ReadonlyMap<string, number>, most: number) =>
  [...counts].sort(([a, x], [b, y]) => y - x || compareIds(a, b)).slice(0, most)

/** At most eight price ranges where the prices lie close together, else one for each power of ten. */
const priceRanges = (counts: Uint32Array): Facets['prices'] => {
  const width = counts.filter(count => count > 0).length > 8 ? 3 : 1
  const ranges = new Map<number, number>()
  for (const [step, count] of counts.entries()) {
    if (count === 0) continue
    const from = step === 0 ? 0 : Math.floor((step - 1) / width) * width + 1
    ranges.set(from, (ranges.get(from) ?? 0) + count)
  }
  return [...ranges].map(([from, count]) => ({
    from: from === 0 ? 0 : (steps[from - 1] ?? 0),
    to: steps[from === 0 ? 0 : from - 1 + width] ?? Number.MAX_SAFE_INTEGER,
    count,
  }))
}

const facetsOf = (
  { categories, tags, currencies, prices }: Record<'categories' | 'tags' | 'currencies', Map<string, number>> & { prices: Uint32Array },
  rated: readonly number[],
): Facets => ({
  categories: mostFirst(categories, mostCategories).map(([id, count]) => ({ id, count })),
  prices: priceRanges(prices),
  ...(currencies.size === 1 && { currency: [...currencies.keys()][0] }),
  tags: mostFirst(tags, mostTags).map(([tag, count]) => ({ tag, count })),
  ratings: ratingSteps.map((min, at) => ({ min, count: rated[at] ?? 0 })),
})

const hitOf = (parts: readonly Part[], { part: index, doc, key }: Ranked): Hit[] => {
  const part = parts[index]
  if (!part) return []
  const { price, currency, available, rating, ratings } = part.columns
  return [
    {
      id: part.idOf(doc),
      price: price[doc] ?? 0,
      currency: part.currencies[currency[doc] ?? 0] ?? '',
      available: available[doc] ?? 0,
      rating: rating[doc] ?? 0,
      ratings: ratings[doc] ?? 0,
      key,
    },
  ]
}
