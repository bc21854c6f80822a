import type { Indexed, Standing } from './domain'
import { fingerprintOf, impactsOf } from './domain-fields'
import { docOf, nameKey, nameKeyAt, readId, type Segment } from './domain-segment'

/** Numbers by product: a typed array in a segment, a growing list in the delta. */
interface Numbers {
  [doc: number]: number
  readonly length: number
}
export interface Columns {
  nameLength: Numbers
  price: Numbers
  currency: Numbers
  available: Numbers
  rating: Numbers
  ratings: Numbers
  popularity: Numbers
  created: Numbers
  categoryOffsets: Numbers
  categoryCodes: Numbers
  tagOffsets: Numbers
  tagCodes: Numbers
}

export interface Postings {
  values: Numbers
  from: number
  to: number
}

/** What a question is asked of: the segment and the delta alike. Products are numbered from 0 in each. */
export interface Part {
  readonly size: number
  readonly live: number
  /** Sorted. */
  readonly terms: readonly string[]
  readonly categories: readonly string[]
  readonly tags: readonly string[]
  readonly currencies: readonly string[]
  readonly columns: Columns
  /** The place of each product in the order of names. Only the segment has it, and only there are products numbered by their ids. */
  readonly nameRank?: Numbers
  postings(term: number): Postings
  isLive(doc: number): boolean
  /** The number of a live product, or -1. */
  find(id: string): number
  idOf(doc: number): string
  nameKeyOf(doc: number): string
  fingerprintAt(doc: number): bigint
  /** The product is not found any more. */
  remove(doc: number): void
  /** Room for the work of a question, as large as the part. */
  readonly scratch: Scratch
}

export interface Scratch {
  /** The best match of the present word, by product; see domain-match.ts. */
  best: Uint16Array
  seen: Uint32Array
  /** The sum over the words before; see domain-rank.ts. */
  sums: Float64Array
  touched: Uint32Array
  /** The word that a product matched last, and where. */
  last: Uint8Array
  /** For matches of several terms together. */
  count: Uint8Array
  lowest: Uint16Array
  stamp: Uint8Array
}
const scratchOf = (size: number): Scratch => ({
  best: new Uint16Array(size),
  seen: new Uint32Array(size),
  sums: new Float64Array(size),
  touched: new Uint32Array(size),
  last: new Uint8Array(size),
  count: new Uint8Array(size),
  lowest: new Uint16Array(size),
  stamp: new Uint8Array(size),
})

/** Of many products, each is read faster in the order of the columns than in that of the postings. */
export const areMany = (touched: number, { size }: Pick<Part, 'size'>): boolean => touched > size / 16

/** The first place of a sorted list where a word is not less than this one. */
export const placeOf = (sorted: readonly string[], word: string): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') < word) low = middle + 1
    else high = middle
  }
  return low
}
/** The number of a term, or -1. */
export const termOf = ({ terms }: Pick<Part, 'terms'>, word: string): number => {
  const at = placeOf(terms, word)
  return terms[at] === word ? at : -1
}

export const segmentPart = (segment: Segment): Part & { segment: Segment; dead: Uint8Array } => {
  const { size, arrays, terms, categories, tags, currencies } = segment
  const dead = new Uint8Array(size)
  let live = size
  return {
    segment,
    dead,
    size,
    get live() {
      return live
    },
    terms,
    categories,
    tags,
    currencies,
    columns: arrays,
    nameRank: arrays.nameRank,
    postings: term => ({ values: arrays.postings, from: arrays.offsets[term] ?? 0, to: arrays.offsets[term + 1] ?? 0 }),
    isLive: doc => dead[doc] === 0,
    find(id) {
      const doc = docOf(segment, id)
      return doc >= 0 && dead[doc] === 0 ? doc : -1
    },
    idOf: doc => readId(arrays.ids, doc),
    nameKeyOf: doc => nameKeyAt(segment, doc),
    fingerprintAt: doc => arrays.fingerprint[doc] ?? 0n,
    remove(doc) {
      if (dead[doc] === 0) live--
      dead[doc] = 1
    },
    scratch: scratchOf(size),
  }
}

export interface Delta extends Part {
  add(product: Indexed): void
  /** The live products, with their present standing. */
  products(): Indexed[]
}

/** What changed since the segment was built: small, and gone with the next one. */
export const emptyDelta = (): Delta => {
  const products: Indexed[] = []
  const docs = new Map<string, number>()
  const dead: boolean[] = []
  const found = new Map<string, number[]>()
  const terms: string[] = []
  const [categories, tags, currencies] = [[] as string[], [] as string[], [] as string[]]
  const fingerprints: bigint[] = []
  const columns = {
    nameLength: [] as number[],
    price: [] as number[],
    currency: [] as number[],
    available: [] as number[],
    rating: [] as number[],
    ratings: [] as number[],
    popularity: [] as number[],
    created: [] as number[],
    categoryOffsets: [0],
    categoryCodes: [] as number[],
    tagOffsets: [0],
    tagCodes: [] as number[],
  }
  let scratch = scratchOf(0)
  const codeOf = (table: string[], word: string) => {
    const at = table.indexOf(word)
    return at >= 0 ? at : table.push(word) - 1
  }
  const standing = (doc: number): Standing => standingAtColumns(columns, doc)

  return {
    get size() {
      return products.length
    },
    get live() {
      return docs.size
    },
    terms,
    categories,
    tags,
    currencies,
    columns,
    postings(term) {
      const values = found.get(terms[term] ?? '') ?? []
      return { values, from: 0, to: values.length }
    },
    isLive: doc => !dead[doc],
    find: id => docs.get(id) ?? -1,
    idOf: doc => products[doc]?.id ?? '',
    nameKeyOf: doc => nameKey(products[doc] ?? { name: '' }),
    fingerprintAt: doc => fingerprints[doc] ?? 0n,
    remove(doc) {
      dead[doc] = true
      docs.delete(products[doc]?.id ?? '')
    },
    get scratch() {
      if (scratch.best.length < products.length) scratch = scratchOf(2 * products.length)
      return scratch
    },
    add(product) {
      const doc = products.push(product) - 1
      docs.set(product.id, doc)
      const { impacts, nameLength } = impactsOf(product)
      for (const [term, impact] of impacts) {
        const postings = found.get(term)
        if (postings) postings.push(doc * 256 + impact)
        else {
          found.set(term, [doc * 256 + impact])
          terms.splice(placeOf(terms, term), 0, term)
        }
      }
      fingerprints.push(fingerprintOf(product))
      columns.nameLength.push(nameLength)
      columns.price.push(product.price)
      columns.currency.push(codeOf(currencies, product.currency))
      columns.available.push(product.available)
      columns.rating.push(product.rating)
      columns.ratings.push(product.ratings)
      columns.popularity.push(product.popularity)
      columns.created.push(product.created_at)
      columns.categoryCodes.push(...product.category_ids.map(id => codeOf(categories, id)))
      columns.categoryOffsets.push(columns.categoryCodes.length)
      columns.tagCodes.push(...new Set(product.tags.map(tag => codeOf(tags, tag))))
      columns.tagOffsets.push(columns.tagCodes.length)
    },
    products: () =>
      products.flatMap((product, doc) =>
        dead[doc]
          ? []
          : [
              {
                ...product,
                ...standing(doc),
                price: columns.price[doc] ?? product.price,
                currency: currencies[columns.currency[doc] ?? 0] ?? product.currency,
              },
            ],
      ),
  }
}

const standingAtColumns = ({ available, rating, ratings, popularity }: Columns, doc: number): Standing => ({
  available: available[doc] ?? 0,
  rating: rating[doc] ?? 0,
  ratings: ratings[doc] ?? 0,
  popularity: popularity[doc] ?? 0,
})
export const standingOf = ({ columns }: Part, doc: number): Standing => standingAtColumns(columns, doc)
