import type { Indexed, Question } from './domain'
import { buildSegment } from './domain-build'
import { productIndex } from './domain-index'
import { openSegment } from './domain-segment'

export const productId = (n: number) => n.toString(16).padStart(24, '0')
let made = 0
export const product = (name: string, fields: Partial<Indexed> = {}): Indexed => ({
  id: productId(++made),
  name,
  description: '',
  sku: `SKU-${made}`,
  skus: [],
  category: 'Things',
  category_ids: [productId(0xc)],
  tags: [],
  attributes: [],
  price: 10,
  currency: 'USD',
  created_at: made,
  available: 5,
  rating: 0,
  ratings: 0,
  popularity: 0,
  ...fields,
})

/** An index of these products, and what it finds. */
export const catalog = (...products: (string | Indexed)[]) => {
  const given = products.map(one => (typeof one === 'string' ? product(one) : one))
  const segment = openSegment(buildSegment(given))
  if (!segment) throw new Error('the segment cannot be opened')
  const index = productIndex(segment)
  const names = new Map(given.map(({ id, name }) => [id, name]))
  const ask = (keyword: string, more: Partial<Question> = {}) =>
    index.search({ keyword, filters: {}, sort: 'relevance', skip: 0, limit: 20, ...more })
  return { index, ask, find: (keyword: string, more?: Partial<Question>) => ask(keyword, more).hits.map(({ id }) => names.get(id) ?? '') }
}
