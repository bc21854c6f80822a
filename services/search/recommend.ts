import { notFound } from '#shared/errors'
import { remember } from '#shared/remember'
import { minute } from '#shared/time'
import type { BoughtTogether } from './bought-together'
import { type Candidate, ranked, type Selection, type Source, selected, weighInterests } from './domain-recommend'
import type { ShopperHistory } from './shopper-history'

/** What recommendations need of the index. */
export interface Shelf {
  /** Undefined for a product that is not sold, such as an archived one. */
  facts(id: string): { category?: string; available: number } | undefined
  /** Products alike, those most alike first. */
  similar(id: string, most: number): Promise<string[]>
  /** What is bought most of what is in stock, in a category with those below it, or everywhere. */
  popular(most: number, category?: string): string[]
}

interface Ports {
  shelf: Shelf
  boughtTogether: Pick<BoughtTogether, 'companions'>
  history: Pick<ShopperHistory, 'interests'>
  /** The products that a user favoured last, newest first; none while the favourite service is away. */
  favourites(userId: number): Promise<string[]>
}

type Stage = () => Promise<Candidate[]> | Candidate[]

const similarEach = 30
/** Of a cart or a shopper, the strongest so many are asked what is similar to them. */
const askedForSimilar = 5
const popularEach = 100

/** One of each list in turn. */
const inTurn = <T>(lists: readonly T[][]): T[] => {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap(list => list.slice(at, at + 1))).flat()
}

export const recommend = ({ shelf, boughtTogether, history, favourites }: Ports) => {
  // Whole scans of the index: a minute old is young enough, since stock is looked at again.
  const popular = remember(
    async (categories: readonly string[]) => new Map(categories.map(one => [one, shelf.popular(popularEach, one || undefined)])),
    { ms: minute, most: 1000 },
  )
  const popularIn = async (categories: readonly string[]) => {
    const lists = await popular.recent(categories)
    return inTurn(categories.map(category => lists.get(category) ?? []))
  }

  const choose = async (stages: readonly Stage[], selection: Selection): Promise<Candidate[]> => {
    const candidates: Candidate[] = []
    for (const stage of stages) {
      candidates.push(...(await stage()))
      const { items, isMixed } = selected(candidates, selection)
      if (isMixed) return items
    }
    return selected(candidates, selection).items
  }

  /** What goes with these products; `own` are not shown. */
  const goingWith = (sources: readonly Source[], own: ReadonlySet<string>, limit: number) => {
    const strongest = sources.toSorted((a, b) => b.weight - a.weight).slice(0, askedForSimilar)
    const categories = [...new Set(sources.flatMap(({ id }) => shelf.facts(id)?.category ?? []))].slice(0, askedForSimilar)
    const similar = async (source: Source): Promise<Candidate[]> => {
      const reason = source.reason === 'viewed' ? 'viewed' : 'similar'
      return (await shelf.similar(source.id, similarEach)).map(id => ({ id, reason }))
    }
    const stages: Stage[] = [
      async () => {
        const { orders, companions } = await boughtTogether.companions(sources, Date.now())
        return ranked(orders, companions)
      },
      async () => inTurn(await Promise.all(strongest.map(similar))),
      async () => (await popularIn(categories)).map(id => ({ id, reason: 'popular_in_category' })),
      async () => (await popularIn([''])).map(id => ({ id, reason: 'popular' })),
    ]
    return choose(stages, {
      limit,
      isOffered: id => !own.has(id) && (shelf.facts(id)?.available ?? 0) > 0,
      categoryOf: id => shelf.facts(id)?.category,
    })
  }

  const source = (id: string): Source => ({ id, weight: 1, reason: 'bought_together' })

  return {
    async forProduct(id: string, limit: number): Promise<Candidate[]> {
      if (!shelf.facts(id)) throw notFound('product')
      return goingWith([source(id)], new Set([id]), limit)
    },

    /** Products that are no longer sold say nothing, and stay out. */
    forCart: (ids: readonly string[], limit: number): Promise<Candidate[]> => goingWith([...new Set(ids)].map(source), new Set(ids), limit),

    async forUser(userId: number, limit: number): Promise<Candidate[]> {
      const now = Date.now()
      const [known, favoured] = await Promise.all([history.interests(userId), favourites(userId)])
      const weighed = weighInterests([...known, ...favoured.map(id => ({ id, kind: 'favoured' as const, at: now }))], now)
      const sources = [...weighed].map(
        ([id, { weight, kind }]): Source => ({ id, weight, reason: kind === 'viewed' ? 'viewed' : 'bought_together' }),
      )
      return goingWith(sources, new Set(weighed.keys()), limit)
    },
  }
}
export type Recommend = ReturnType<typeof recommend>
