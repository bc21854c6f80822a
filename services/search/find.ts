import type { CategoryNames } from './categories'
import type { Answer, Filters, Hit, Question } from './domain'
import { excerpt, highlight, type Piece } from './domain-highlight'
import { type Explained, explain } from './domain-rank'
import type { LiveIndex } from './live-index'
import type { ProductRepository, StoredProduct } from './repository'

interface Ports {
  live: Pick<LiveIndex, 'index'>
  products: Pick<ProductRepository, 'read'>
  categories: CategoryNames
}

export interface Search extends Omit<Question, 'filters'> {
  /** The category by name, slug or id. */
  filters: Filters
  explained?: boolean
}
export interface FoundProduct extends StoredProduct {
  /** Stock, price and rating are the index's, which has them first. */
  hit: Hit
  highlights: { name?: Piece[]; description?: Piece[] }
  explanation?: Explained
}
export interface Found extends Omit<Answer, 'hits' | 'facets'> {
  items: FoundProduct[]
  facets: Omit<Answer['facets'], 'categories'> & { categories: { id: string; name: string; slug?: string; count: number }[] }
}

/** No product is in it. */
const nowhere = '-'

/** Searches in memory, then reads what is shown of the products on the page. */
export const find =
  ({ live, products, categories }: Ports) =>
  async ({ filters: given, explained = false, ...question }: Search): Promise<Found> => {
    const { category, ...others } = given
    const filters = { ...others, ...(category !== undefined && { category: (await categories.idOf(category)) ?? nowhere }) }
    const answer = live.index.search({ ...question, filters })
    const { hits, facets, matched } = answer
    const byRelevance = question.sort === 'relevance' && question.keyword !== ''
    const [shown, named] = await Promise.all([
      Promise.all(hits.map(({ id }) => products.read(id))),
      categories.describe(facets.categories.map(({ id }) => id)),
    ])
    const items = hits.flatMap((hit, at): FoundProduct[] => {
      const product = shown[at]
      // Archived a moment ago; the index follows.
      if (!product) return []
      const [name, description] = [highlight(product.name, matched), excerpt(product.description, matched)]
      return [
        {
          ...product,
          hit,
          highlights: { ...(name && { name }), ...(description && { description }) },
          ...(explained && byRelevance && { explanation: explain(hit.key) }),
        },
      ]
    })
    return {
      ...answer,
      items,
      facets: {
        ...facets,
        categories: facets.categories.flatMap(({ id, count }) => {
          const category = named.get(id)
          return category ? [{ id, ...category, count }] : []
        }),
      },
    }
  }
export type Find = ReturnType<typeof find>
