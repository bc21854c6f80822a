import { describe, expect, test } from 'bun:test'
import { type Indexed, unrated } from './domain'
import { productIndex } from './domain-index'

const product = (n: number, fields: Partial<Indexed> = {}): Indexed => ({
  ...{ id: n.toString(16).padStart(24, '0'), name: `Thing ${n}`, description: '', sku: `T-${n}`, skus: [], tags: [], attributes: [] },
  ...{ category: 'Low', category_ids: ['a'.repeat(24), 'b'.repeat(24)], price: 1, currency: 'USD', created_at: 0, available: 1 },
  ...unrated,
  ...fields,
})
const indexOf = (products: readonly Indexed[]) => {
  const index = productIndex()
  for (const one of products) index.apply({ kind: 'put', product: one })
  return index
}
const numbers = (ids: readonly string[]) => ids.map(id => Number.parseInt(id, 16))

describe('the most popular products', () => {
  const index = indexOf([
    ...Array.from({ length: 30 }, (_, n) => product(n + 1, { popularity: (n * 7) % 30 })),
    product(50, { popularity: 99, available: 0 }),
    product(51, { popularity: 50, category_ids: ['c'.repeat(24)] }),
    product(52, { popularity: 98 }),
  ])
  index.apply({ kind: 'remove', id: product(52).id })

  test('are in stock, sold, and in their order', () => {
    const order = Array.from({ length: 30 }, (_, n) => n + 1).sort((a, b) => (((b - 1) * 7) % 30) - (((a - 1) * 7) % 30))
    expect(numbers(index.mostPopular(5))).toEqual([51, ...order.slice(0, 4)])
    expect(index.mostPopular(100)).toHaveLength(31)
  })

  test('of a category are those of the categories below it, too', () => {
    expect(numbers(index.mostPopular(1, 'c'.repeat(24)))).toEqual([51])
    expect(index.mostPopular(100, 'a'.repeat(24))).toHaveLength(30)
    expect(index.mostPopular(100, 'd'.repeat(24))).toEqual([])
  })
})

test('similar products are found by their most telling words, although many share the others', () => {
  const common = Array.from({ length: 6000 }, (_, n) =>
    product(n + 100, { name: `gadget ${n % 7 ? 'blue' : 'green'} ${n}`, category_ids: [] }),
  )
  const rare = [product(1, { name: 'gadget blue theremin' }), product(2, { name: 'gadget green theremin' })]
  const [first] = indexOf([...common, ...rare]).similarTo(product(1, { name: 'gadget blue theremin' }), 3)
  expect(first?.id).toBe(product(2).id)
})
