import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Change, type Indexed, type Question, sorts } from './domain'
import { buildSegment, mergeSegments } from './domain-build'
import { productIndex } from './domain-index'
import { longestKeyword, mostWords, readKeyword } from './domain-keyword'
import { openSegment, type Segment } from './domain-segment'

/** Many cases: more than five seconds where a machine is busy. */
const slowMs = 60_000

const opened = (buffer: ArrayBuffer): Segment => {
  const segment = openSegment(buffer)
  if (!segment) throw new Error('the segment cannot be opened')
  return segment
}
const built = (products: Iterable<Indexed>) => opened(buildSegment([...products]))

const productId = (n: number) => n.toString(16).padStart(24, '0')
const words = [
  'red',
  'reed',
  'kettle',
  'kettles',
  'headphones',
  'giày',
  'giay',
  '이어폰',
  '블루투스',
  '耳机',
  '蓝牙',
  'lt-001',
  '15',
] as const
const phrase = (min: number, max: number) =>
  fc.array(fc.constantFrom(...words), { minLength: min, maxLength: max }).map(list => list.join(' '))
const product = fc.record<Indexed>({
  id: fc.integer({ min: 1, max: 8 }).map(productId),
  name: phrase(1, 4),
  description: phrase(0, 4),
  sku: fc.constantFrom('LT-001', 'KT-9', 'HP-15'),
  skus: fc.constant([]),
  category: fc.constantFrom('Kettles', 'Audio'),
  category_ids: fc.constantFrom([productId(0xa)], [productId(0xa), productId(0xb)]),
  tags: fc.subarray(['red', 'sale']),
  attributes: fc.constant([]),
  price: fc.constantFrom(1, 5, 19.99, 120),
  currency: fc.constantFrom('USD', 'EUR'),
  created_at: fc.integer({ min: 0, max: 5 }),
  available: fc.integer({ min: 0, max: 2 }),
  rating: fc.constantFrom(0, 3, 4.5),
  ratings: fc.constantFrom(0, 4),
  popularity: fc.integer({ min: 0, max: 3 }),
})
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: product.map(one => ({ kind: 'put' as const, product: one })) },
  fc.integer({ min: 1, max: 8 }).map(n => ({ kind: 'remove' as const, id: productId(n) })),
  fc.record({
    kind: fc.constant('stock' as const),
    id: fc.integer({ min: 1, max: 8 }).map(productId),
    available: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('rating' as const),
    id: fc.integer({ min: 1, max: 8 }).map(productId),
    rating: fc.constantFrom(1, 5),
    ratings: fc.constantFrom(1, 9),
  }),
)
const question: fc.Arbitrary<Question> = fc.record({
  keyword: fc.oneof(phrase(0, 3), fc.constantFrom('hedphones', 'ket', 'redd', '블루', '이어펀', 'giày', 'lt 001', 'head phones')),
  filters: fc.record(
    {
      category: fc.constantFrom(productId(0xa), productId(0xb)),
      min_price: fc.constantFrom(2, 5),
      in_stock: fc.boolean(),
      tag: fc.constantFrom('red', 'sale'),
      min_rating: fc.constantFrom(3, 4),
    },
    { requiredKeys: [] },
  ),
  sort: fc.constantFrom(...sorts),
  skip: fc.integer({ min: 0, max: 2 }),
  limit: fc.integer({ min: 1, max: 8 }),
})

/** What is left when all changes are applied to a plain map. */
const applied = (changes: readonly Change[]) => {
  const products = new Map<string, Indexed>()
  for (const one of changes) {
    if (one.kind === 'put') products.set(one.product.id, one.product)
    else if (one.kind === 'remove') products.delete(one.id)
    else {
      const { kind: _, ...standing } = one
      const before = products.get(one.id)
      if (before) products.set(one.id, { ...before, ...standing })
    }
  }
  return products.values()
}
/** By name, products are compared by their rank in the segment, which is not the same in another one. */
const shown = (index: ReturnType<typeof productIndex>, one: Question) => {
  const { matched: _, hits, ...answer } = index.search(one)
  return { ...answer, hits: hits.map(hit => (one.sort === 'name' ? { ...hit, key: 0 } : hit)) }
}

test(
  'an index that changed answers as one that is built anew from what is left',
  () => {
    fc.assert(
      fc.property(
        fc.array(product, { maxLength: 6 }),
        fc.array(change, { maxLength: 12 }),
        fc.nat(12),
        fc.array(question, { minLength: 1, maxLength: 4 }),
        (first, changes, mergeAfter, questions) => {
          const start = [...applied(first.map(one => ({ kind: 'put', product: one })))]
          const index = productIndex(built(start))
          for (const one of changes.slice(0, mergeAfter)) index.apply(one)
          // A merge begins, and changes go on until its result comes.
          const { segment, dead, products } = index.beginMerge()
          for (const one of changes.slice(mergeAfter)) index.apply(one)
          const fresh = productIndex(built(applied([...start.map(one => ({ kind: 'put' as const, product: one })), ...changes])))
          const compare = () => {
            expect(index.size).toBe(fresh.size)
            for (const one of questions) expect(shown(index, one)).toEqual(shown(fresh, one))
          }
          compare()
          index.endMerge(opened(mergeSegments(opened(segment), built(products), doc => dead[doc] === 0)))
          compare()
        },
      ),
      { numRuns: 100 },
    )
  },
  slowMs,
)

test('a merge that fails leaves everything as it is', () => {
  const index = productIndex()
  index.beginMerge()
  index.apply({ kind: 'put', product: fc.sample(product, 1)[0]! })
  index.endMerge()
  expect(index.size).toBe(1)
})

test('a product whose words stay is not indexed again', () => {
  const one = fc.sample(product, 1)[0]!
  const index = productIndex(built([one]))
  index.apply({ kind: 'put', product: { ...one, price: one.price + 1, available: 9 } })
  expect(index.beginMerge().products).toEqual([])
  expect(index.facts(one.id)).toMatchObject({ price: one.price + 1, available: 9 })
})

test('a segment of another form is not opened', () => {
  const buffer = buildSegment([])
  const bytes = new Uint8Array(buffer)
  const at = Buffer.from(bytes).indexOf('"form":')
  bytes[at + 7] = '9'.charCodeAt(0)
  expect(openSegment(buffer)).toBeUndefined()
})

test(
  'any keyword is answered, and cut to what is searched for',
  () => {
    const index = productIndex(built(fc.sample(product, { numRuns: 50, seed: 7 }).map((one, n) => ({ ...one, id: productId(n + 1) }))))
    const hostile = [
      'a'.repeat(65_536),
      'kettle '.repeat(10_000),
      Array.from({ length: 10_000 }, (_, n) => `w${n}`).join(' '),
      '(a+)+$',
      '.*',
      '\u202ekettle\u202c',
      '\ud800 kettle \udfff',
      '\u0000kettle\u0000',
      '\ufdfa'.repeat(5000),
      '블'.repeat(9000),
      '蓝'.repeat(9000),
      'e\u0301'.repeat(9000),
      '\u200b'.repeat(9000),
      '-'.repeat(9000),
      'a-'.repeat(9000),
    ]
    for (const keyword of hostile) {
      const { words } = readKeyword(keyword)
      expect(words.length).toBeLessThanOrEqual(mostWords)
      expect(words.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(longestKeyword + mostWords)
      expect(index.search({ keyword, filters: {}, sort: 'relevance', skip: 0, limit: 20 }).total).toBeNumber()
      expect(index.suggest(keyword, 8).length).toBeLessThanOrEqual(8)
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), keyword => {
        index.search({ keyword, filters: {}, sort: 'relevance', skip: 0, limit: 5 })
        index.suggest(keyword, 5)
      }),
    )
    expect(readKeyword('kettle '.repeat(10_000))).toMatchObject({ words: [{ text: 'kettle' }, { text: 'kett' }], shortened: true })
    // What came before leaves nothing behind.
    expect(index.search({ keyword: '', filters: {}, sort: 'name', skip: 0, limit: 1 }).total).toBe(50)
  },
  slowMs,
)
