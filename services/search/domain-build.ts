import { compareIds, type Indexed, idBytes } from './domain'
import { fingerprintOf, impactsOf } from './domain-fields'
import { type Arrays, mostProducts, nameKey, nameKeyAt, packSegment, type Segment, type Tables, writeId } from './domain-segment'

const codes = () => {
  const known = new Map<string, number>()
  return {
    of: (word: string): number => {
      const code = known.get(word) ?? known.size
      known.set(word, code)
      return code
    },
    words: () => [...known.keys()],
  }
}

/** Lists of numbers of many products, end to end. */
const lists = (size: number) => {
  const offsets = new Uint32Array(size + 1)
  const values: number[] = []
  return {
    add: (doc: number, more: Iterable<number>) => {
      for (const one of more) values.push(one)
      offsets[doc + 1] = values.length
    },
    offsets,
    values: () => Uint32Array.from(values),
  }
}

const columns = (size: number) => ({
  ids: new Uint8Array(size * idBytes),
  nameLength: new Uint8Array(size),
  price: new Float64Array(size),
  currency: new Uint16Array(size),
  available: new Int32Array(size),
  rating: new Float64Array(size),
  ratings: new Uint32Array(size),
  popularity: new Float64Array(size),
  created: new Float64Array(size),
  fingerprint: new BigUint64Array(size),
})

/** The names as one text, and the place of each among them. */
const namesOf = (keys: readonly string[]) => {
  const encoded = keys.map(key => Buffer.from(key))
  const nameOffsets = new Uint32Array(keys.length + 1)
  for (const [doc, bytes] of encoded.entries()) nameOffsets[doc + 1] = (nameOffsets[doc] ?? 0) + bytes.length
  const nameRank = new Uint32Array(keys.length)
  const order = Array.from(keys, (_, doc) => doc).sort((a, b) => compareIds(keys[a] ?? '', keys[b] ?? '') || a - b)
  for (const [rank, doc] of order.entries()) nameRank[doc] = rank
  return { names: new Uint8Array(Buffer.concat(encoded)), nameOffsets, nameRank }
}

const termsOf = (sorted: readonly string[]) => new Uint8Array(Buffer.from(sorted.join('\n')))

/** A segment of these products, each given once. */
export const buildSegment = (given: readonly Indexed[]): ArrayBuffer => {
  if (given.length > mostProducts) throw new RangeError(`a segment holds at most ${mostProducts} products`)
  const products = given.toSorted((a, b) => compareIds(a.id, b.id))
  const column = columns(products.length)
  const [currencies, categories, tags] = [codes(), codes(), codes()]
  const [categoryLists, tagLists] = [lists(products.length), lists(products.length)]
  const categoryNames: Record<string, string> = {}
  const found = new Map<string, number[]>()
  for (const [doc, product] of products.entries()) {
    const { impacts, nameLength } = impactsOf(product)
    for (const [term, impact] of impacts) {
      const postings = found.get(term)
      if (postings) postings.push(doc * 256 + impact)
      else found.set(term, [doc * 256 + impact])
    }
    writeId(column.ids, doc, product.id)
    column.nameLength[doc] = nameLength
    column.price[doc] = product.price
    column.currency[doc] = currencies.of(product.currency)
    column.available[doc] = product.available
    column.rating[doc] = product.rating
    column.ratings[doc] = product.ratings
    column.popularity[doc] = product.popularity
    column.created[doc] = product.created_at
    column.fingerprint[doc] = fingerprintOf(product)
    categoryLists.add(doc, product.category_ids.map(categories.of))
    tagLists.add(doc, new Set(product.tags.map(tags.of)))
    const own = product.category_ids.at(-1)
    if (own) categoryNames[own] = product.category
  }
  const terms = [...found.keys()].sort()
  const offsets = new Uint32Array(terms.length + 1)
  for (const [at, term] of terms.entries()) offsets[at + 1] = (offsets[at] ?? 0) + (found.get(term)?.length ?? 0)
  const postings = new Uint32Array(offsets[terms.length] ?? 0)
  for (const [at, term] of terms.entries()) postings.set(found.get(term) ?? [], offsets[at])
  return packSegment(
    products.length,
    {
      ...column,
      offsets,
      postings,
      terms: termsOf(terms),
      ...namesOf(products.map(nameKey)),
      categoryOffsets: categoryLists.offsets,
      categoryCodes: categoryLists.values(),
      tagOffsets: tagLists.offsets,
      tagCodes: tagLists.values(),
    },
    { currencies: currencies.words(), categories: categories.words(), tags: tags.words(), categoryNames },
  )
}

const gone = 0xffffffff

interface Source {
  segment: Segment
  /** The new number of each product, or `gone`. */
  place: Uint32Array
}
type Sources = readonly [Source, Source]

/** Numbers the products of both segments anew, in the order of their ids. */
const placed = (a: Segment, b: Segment, isLive: (doc: number) => boolean) => {
  const [inA, inB] = [new Uint32Array(a.size).fill(gone), new Uint32Array(b.size).fill(gone)]
  const [fromB, before] = [new Uint8Array(a.size + b.size), new Uint32Array(a.size + b.size)]
  let [x, y, size] = [0, 0, 0]
  const bytes = (segment: Segment, doc: number) => segment.arrays.ids.subarray(doc * idBytes, (doc + 1) * idBytes)
  while (x < a.size || y < b.size) {
    if (x < a.size && !isLive(x)) x++
    else if (y >= b.size || (x < a.size && Buffer.compare(bytes(a, x), bytes(b, y)) < 0)) {
      before[size] = x
      inA[x++] = size++
    } else {
      fromB[size] = 1
      before[size] = y
      inB[y++] = size++
    }
  }
  const sources: Sources = [
    { segment: a, place: inA },
    { segment: b, place: inB },
  ]
  return { size, sources, sourceOf: (doc: number) => sources[fromB[doc] === 1 ? 1 : 0], docBefore: (doc: number) => before[doc] ?? 0 }
}

/** The products of a segment that stay, in the order of their names. */
const byName = ({ segment, place }: Source): Uint32Array => {
  const order = new Uint32Array(segment.size)
  for (let doc = 0; doc < segment.size; doc++) order[segment.arrays.nameRank[doc] ?? 0] = doc
  return order.filter(doc => place[doc] !== gone)
}

/** The names are copied as bytes, and their orders merged: read as text all at once, they would need several times the memory. */
const mergedNames = ({ size, sources, sourceOf, docBefore }: ReturnType<typeof placed>) => {
  const span = (doc: number) => {
    const { names, nameOffsets } = sourceOf(doc).segment.arrays
    return names.subarray(nameOffsets[docBefore(doc)], nameOffsets[docBefore(doc) + 1])
  }
  const nameOffsets = new Uint32Array(size + 1)
  for (let doc = 0; doc < size; doc++) nameOffsets[doc + 1] = (nameOffsets[doc] ?? 0) + span(doc).length
  const names = new Uint8Array(nameOffsets[size] ?? 0)
  for (let doc = 0; doc < size; doc++) names.set(span(doc), nameOffsets[doc])

  const nameRank = new Uint32Array(size)
  const [a, b] = sources
  const [left, right] = [byName(a), byName(b)]
  let [x, y] = [0, 0]
  for (let rank = 0; rank < size; rank++) {
    const [one = 0, other = 0] = [left[x], right[y]]
    const [here, there] = [a.place[one] ?? gone, b.place[other] ?? gone]
    const isFirst =
      y >= right.length || (x < left.length && (compareIds(nameKeyAt(a.segment, one), nameKeyAt(b.segment, other)) || here - there) < 0)
    nameRank[isFirst ? here : there] = rank
    if (isFirst) x++
    else y++
  }
  return { names, nameOffsets, nameRank }
}

/** Walks through both dictionaries in order, once. */
const mergedPostings = ([a, b]: Sources) => {
  const terms: string[] = []
  const ends: number[] = [0]
  const postings = new Uint32Array(a.segment.arrays.postings.length + b.segment.arrays.postings.length)
  let end = 0
  const take = (source: Source, term: number) => {
    const { offsets, postings: from } = source.segment.arrays
    for (let at = offsets[term] ?? 0; at < (offsets[term + 1] ?? 0); at++) {
      const posting = from[at] ?? 0
      const doc = source.place[posting >>> 8] ?? gone
      if (doc !== gone) postings[end++] = doc * 256 + (posting & 255)
    }
  }
  const [left, right] = [a.segment.terms, b.segment.terms]
  let [x, y] = [0, 0]
  while (x < left.length || y < right.length) {
    const [one, other] = [left[x], right[y]]
    const term = other === undefined || (one !== undefined && one <= other) ? one : other
    if (term === undefined) break
    if (one === term) take(a, x++)
    if (other === term) take(b, y++)
    if (end === ends.at(-1)) continue
    terms.push(term)
    ends.push(end)
  }
  return { terms: termsOf(terms), offsets: Uint32Array.from(ends), postings: postings.subarray(0, end) }
}

/** One segment of the products of `a` that are live and those of `b`, none of which is live in `a`. */
export const mergeSegments = (a: Segment, b: Segment, isLive: (doc: number) => boolean): ArrayBuffer => {
  const all = placed(a, b, isLive)
  const { size, sources, sourceOf, docBefore } = all
  const column = columns(size)
  const [currencies, categories, tags] = [codes(), codes(), codes()]
  const [categoryLists, tagLists] = [lists(size), lists(size)]
  const part = (values: Uint32Array, offsets: Uint32Array, doc: number) => values.subarray(offsets[doc], offsets[doc + 1])
  for (let at = 0; at < size; at++) {
    const { segment } = sourceOf(at)
    const { arrays } = segment
    const doc = docBefore(at)
    column.ids.set(arrays.ids.subarray(doc * idBytes, (doc + 1) * idBytes), at * idBytes)
    for (const name of ['nameLength', 'price', 'available', 'rating', 'ratings', 'popularity', 'created'] as const)
      column[name][at] = arrays[name][doc] ?? 0
    column.fingerprint[at] = arrays.fingerprint[doc] ?? 0n
    column.currency[at] = currencies.of(segment.currencies[arrays.currency[doc] ?? 0] ?? '')
    categoryLists.add(
      at,
      part(arrays.categoryCodes, arrays.categoryOffsets, doc).map(code => categories.of(segment.categories[code] ?? '')),
    )
    tagLists.add(
      at,
      part(arrays.tagCodes, arrays.tagOffsets, doc).map(code => tags.of(segment.tags[code] ?? '')),
    )
  }
  const arrays: Arrays = {
    ...column,
    ...mergedPostings(sources),
    ...mergedNames(all),
    categoryOffsets: categoryLists.offsets,
    categoryCodes: categoryLists.values(),
    tagOffsets: tagLists.offsets,
    tagCodes: tagLists.values(),
  }
  const tables: Tables = {
    currencies: currencies.words(),
    categories: categories.words(),
    tags: tags.words(),
    categoryNames: { ...a.categoryNames, ...b.categoryNames },
  }
  return packSegment(size, arrays, tables)
}
