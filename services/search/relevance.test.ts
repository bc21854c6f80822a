import { expect, test } from 'bun:test'
import { demoCatalog, demoCategories } from '../product/demo-catalog'
import { unrated } from './domain'
import { productIndex } from './domain-index'
import { synonymsOf } from './domain-keyword'
import { knownOf } from './known-product'
import { type Judgment, judgedSynonyms, judgments } from './testing-relevance'

/** The queries of testing-relevance.ts, asked of the engine as it is. `nDCG@10` is 1 when the best products come first. */
const tree: Record<string, { id: string; parent?: string }> = demoCategories
const pathOf = (name: string): string[] => {
  const { id = name, parent } = tree[name] ?? {}
  return [...(parent ? pathOf(parent) : []), id]
}
const index = productIndex()
for (const { id, stock = 1, tags = [], images = [], attributes = {}, variants = [], ...input } of demoCatalog) {
  const shown = variants.map(one => ({ attributes: {}, ...one, stock: 1 }))
  const rest = {
    id,
    stock,
    tags,
    images,
    attributes,
    variants: shown,
    currency: 'USD',
    status: 'active',
    created_at: '2026-01-31T12:00:00.000Z',
  }
  const { product } = knownOf({ version: 1, product: { ...input, ...rest, category_ids: pathOf(input.category) } })
  if (product) index.apply({ kind: 'put', product: { ...product, ...unrated, available: 1 } })
}
index.useSynonyms(synonymsOf(judgedSynonyms))

const idOf = new Map(demoCatalog.map(({ sku, id }) => [sku, id]))
const discounted = (grades: readonly number[]) =>
  grades.slice(0, 10).reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0)

const scoreOf = ({ query, relevant }: Judgment) => {
  const grades = new Map(Object.entries(relevant).map(([sku, grade]) => [idOf.get(sku), grade]))
  const { hits } = index.search({ keyword: query, filters: {}, sort: 'relevance', skip: 0, limit: 10 })
  const best = discounted([...grades.values()].sort((a, b) => b - a))
  return discounted(hits.map(({ id }) => grades.get(id) ?? 0)) / best
}

const scored = judgments.map(one => ({ ...one, score: scoreOf(one) }))
const mean = (of: readonly { score: number }[]) => of.reduce((sum, { score }) => sum + score, 0) / of.length

test('every judged product is in the demo catalog', () => {
  expect(judgments.flatMap(({ relevant }) => Object.keys(relevant)).filter(sku => !idOf.has(sku))).toEqual([])
})

test('judged queries find what they mean, in every language and with every kind of fault', () => {
  const groups = [...Map.groupBy(scored, ({ language }) => language), ...Map.groupBy(scored, ({ kind }) => kind)]
  const lines = groups.map(([name, of]) => `  ${name.padEnd(8)} ${mean(of).toFixed(3)} (${of.length})`)
  const poor = scored.filter(({ score }) => score < 0.75).map(({ query, score }) => `  ${query}: ${score.toFixed(2)}`)
  console.log([`nDCG@10 ${mean(scored).toFixed(3)} over ${scored.length} queries`, ...lines, 'below 0.75:', ...poor].join('\n'))
  expect(mean(scored)).toBeGreaterThanOrEqual(0.95)
  for (const [name, of] of groups) expect([name, mean(of) >= 0.85]).toEqual([name, true])
})
