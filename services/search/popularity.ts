import type { BoughtTogether } from './bought-together'
import type { Leases } from './leases'
import type { ProductRepository } from './repository'

interface Ports {
  boughtTogether: Pick<BoughtTogether, 'mostBought' | 'timesBought'>
  products: Pick<ProductRepository, 'setPopularity'>
  leases: Leases
  clock?: () => number
}

/** The products that are told apart by how often they are bought. */
const ranked = 5000

/** Two digits tell apart what must be, and they change seldom enough: counts lose a hundredth a day. */
const rounded = (count: number) => Number(count.toPrecision(2))

/** Gives the index how often each product is bought. One instance does it; the index tells the others what changed. */
export const popularity = ({ boughtTogether, products, leases, clock = Date.now }: Ports) => {
  let told = new Map<string, number>()
  return async (): Promise<void> => {
    const lease = await leases.take('popularity')
    if (!lease) return
    try {
      const now = clock()
      const counts = await boughtTogether.mostBought(ranked, now)
      const left = [...told.keys()].filter(id => !counts.has(id))
      for (const [id, count] of await boughtTogether.timesBought(left, now)) counts.set(id, count)
      const values = new Map([...counts].map(([id, count]) => [id, rounded(count)]))
      await Promise.all([...values].filter(([id, value]) => told.get(id) !== value).map(([id, value]) => products.setPopularity(id, value)))
      told = new Map([...values].filter(([, value]) => value > 0))
    } finally {
      await lease.release()
    }
  }
}
