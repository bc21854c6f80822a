import { newestOf } from '#shared/newest'
import { createGroups } from '#shared/outbox'
import type { Level, ProductRepository } from './repository'

/** Every order changes the stock of its products. Nobody waits for that here, so of the levels that gather between two groups only the newest of each SKU is stored. */
export const learnStock = ({ setStock }: Pick<ProductRepository, 'setStock'>, groupIntervalMs: number) =>
  createGroups<Level>(
    async levels => {
      const newest = newestOf(levels, { keyOf: ({ product_id, sku }) => `${product_id} ${sku}`, versionOf: ({ version }) => version })
      await Promise.all(newest.map(setStock))
    },
    { groupIntervalMs },
  )
