import type { Logger } from 'pino'
import { createGroups } from '#shared/outbox'
import type { Fanout, FanoutOptions, Redis } from '#shared/redis'
import { boughtTogether, type PaidOrder } from './bought-together'
import { categoryNames } from './categories'
import type { SearchClients } from './clients'
import { interestsOfAKind } from './domain-recommend'
import { find } from './find'
import { learnStock } from './learn-stock'
import { leases } from './leases'
import { liveIndex } from './live-index'
import { popularity } from './popularity'
import { recommend } from './recommend'
import { reindexing } from './reindex'
import { productRepository } from './repository'
import { shopperHistory } from './shopper-history'
import { indexSnapshots } from './snapshots'
import { synonymStore } from './synonyms'
import { trending } from './trending'

interface Ports {
  redis: Redis
  clients: SearchClients
  follow(stream: string, onEntry: FanoutOptions['onEntry'], options: Pick<FanoutOptions, 'after'>): Pick<Fanout, 'ready'>
  log: Pick<Logger, 'info' | 'warn'>
  /** What people and queries are hashed with. */
  secret: string
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ redis, clients, follow, log, secret, groupIntervalMs = 0 }: Ports) => {
  const products = productRepository(redis)
  const snapshots = indexSnapshots(redis)
  const synonyms = synonymStore(redis, products)
  const held = leases(redis)
  const live = liveIndex({ products, snapshots, synonyms, leases: held, follow, log })
  const categories = categoryNames({ clients, known: () => live.index.categoryNames })
  const pairs = boughtTogether(redis)
  const history = shopperHistory(redis)
  /** Products with the most telling words in common, those of the same category first; none for a product that is not in the index. */
  const similarTo = async (productId: string, limit: number) => {
    const product = await products.read(productId)
    return product ? live.index.similarTo(product, limit) : []
  }
  const shelf = {
    facts: (id: string) => live.index.facts(id),
    similar: async (id: string, most: number) => (await similarTo(id, most)).map(({ id }) => id),
    popular: (most: number, category?: string) => live.index.mostPopular(most, category),
  }
  const favourites = (userId: number) => clients.favourites(userId, interestsOfAKind)
  return {
    products,
    learnStock: learnStock(products, groupIntervalMs),
    synonyms,
    live,
    find: find({ live, products, categories }),
    trending: trending({ redis, secret }),
    reindexing: reindexing({ redis, clients, products, snapshots, leases: held, log }),
    boughtTogether: pairs,
    /** Counts a paid order. Those that gather between two groups are sent to Redis together. */
    countOrder: createGroups<PaidOrder>(async orders => void (await Promise.all(orders.map(pairs.count))), { groupIntervalMs }),
    history,
    shelf,
    recommend: recommend({ shelf, boughtTogether: pairs, history, favourites }),
    refreshPopularity: popularity({ boughtTogether: pairs, products, live, leases: held }),
  }
}
export type SearchService = ReturnType<typeof compose>
