import type { Logger } from 'pino'
import type { Fanout, FanoutOptions, Redis } from '#shared/redis'
import { categoryNames } from './categories'
import type { SearchClients } from './clients'
import { find } from './find'
import { leases } from './leases'
import { liveIndex } from './live-index'
import { reindexing } from './reindex'
import { productRepository } from './repository'
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
}

export const compose = ({ redis, clients, follow, log, secret }: Ports) => {
  const products = productRepository(redis)
  const snapshots = indexSnapshots(redis)
  const synonyms = synonymStore(redis, products)
  const held = leases(redis)
  const live = liveIndex({ products, snapshots, synonyms, leases: held, follow, log })
  const categories = categoryNames({ clients, known: () => live.index.categoryNames })
  return {
    products,
    synonyms,
    live,
    find: find({ live, products, categories }),
    trending: trending({ redis, secret }),
    reindexing: reindexing({ redis, clients, products, snapshots, leases: held, log }),
    /** Products with the most telling words in common, those of the same category first; none for a product that is not in the index. */
    async similarTo(productId: string, limit: number) {
      const product = await products.read(productId)
      return product ? live.index.similarTo(product, limit) : []
    },
  }
}
export type SearchService = ReturnType<typeof compose>
