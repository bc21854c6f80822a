import type { BoughtTogether } from './bought-together'
import type { Leases } from './leases'
import type { LiveIndex } from './live-index'
import type { ProductRepository } from './repository'

interface Ports {
  boughtTogether: Pick<BoughtTogether, 'mostBought'>
  products: Pick<ProductRepository, 'setPopularity'>
  live: Pick<LiveIndex, 'index'>
  leases: Leases
  /** How many products are told apart by how often they are bought. */
  ranked?: number
  clock?: () => number
}

/** Two digits tell apart what must be, and they change seldom enough: counts lose a hundredth a day. */
const rounded = (count: number) => Number(count.toPrecision(2))

/** Gives the index how often each product is bought. One instance does it; the index tells the others what changed. */
export const popularity =
  ({ boughtTogether, products, live, leases, ranked = 5000, clock = Date.now }: Ports) =>
  async (): Promise<void> => {
    const lease = await leases.take('popularity')
    if (!lease) return
    try {
      const counts = await boughtTogether.mostBought(ranked, clock())
      const values = new Map([...counts].map(([id, count]) => [id, rounded(count)]))
      // The index remembers which others had a popularity, whoever told it.
      for (const id of live.index.withPopularity()) if (!values.has(id)) values.set(id, 0)
      const changed = [...values].filter(([id, value]) => (live.index.facts(id)?.popularity ?? value) !== value)
      await Promise.all(changed.map(([id, value]) => products.setPopularity(id, value)))
    } finally {
      await lease.release()
    }
  }
