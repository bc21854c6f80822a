import { createGroups } from '#shared/outbox'
import type { Level, ProductRepository } from './repository'

/** Every order changes the stock of its products. Nobody waits for that here, so of the levels that come within `gatherMs` only the newest of each SKU is stored. */
export const learnStock = ({ setStock }: Pick<ProductRepository, 'setStock'>, gatherMs: number) =>
  createGroups<Level>(
    async levels => {
      const newest = new Map<string, Level>()
      for (const level of levels) {
        const key = `${level.product_id} ${level.sku}`
        if ((newest.get(key)?.version ?? 0) < level.version) newest.set(key, level)
      }
      await Promise.all([...newest.values()].map(setStock))
    },
    { gatherMs },
  )
