import type { Product } from './domain'

interface Options {
  ask(ids: string[]): Promise<ReadonlyMap<string, Product>>
  rememberMs?: number
  most?: number
  clock?: () => number
}

/**
 * The catalog's products, as they are now or as they were a moment ago: a change of a cart need not ask for what was just told.
 * Those who ask for the same at once share one question.
 */
export const liveCatalog = ({ ask, rememberMs = 1500, most = 2000, clock = Date.now }: Options) => {
  const told = new Map<string, { at: number; product: Promise<Product | undefined> }>()

  const question = (ids: string[]): Promise<ReadonlyMap<string, Product>> => {
    const at = clock()
    const answer = ask(ids)
    for (const id of ids) {
      const entry = { at, product: answer.then(products => products.get(id)) }
      told.delete(id)
      told.set(id, entry)
      // A product that isn't there yet, or an answer that didn't come, is asked for again at once.
      const forget = () => void (told.get(id) === entry && told.delete(id))
      entry.product.then(product => product === undefined && forget(), forget)
    }
    for (const oldest of told.keys()) {
      if (told.size <= most) break
      told.delete(oldest)
    }
    return answer
  }

  return {
    /** In one question. */
    now: async (ids: readonly string[]): Promise<ReadonlyMap<string, Product>> =>
      ids.length === 0 ? new Map() : question([...new Set(ids)]),

    async recent(ids: readonly string[]): Promise<ReadonlyMap<string, Product>> {
      const since = clock() - rememberMs
      const missing = [...new Set(ids)].filter(id => (told.get(id)?.at ?? 0) <= since)
      if (missing.length > 0) await question(missing)
      const products = new Map<string, Product>()
      for (const id of ids) {
        const product = await told.get(id)?.product
        if (product) products.set(id, product)
      }
      return products
    },
  }
}
export type Catalog = ReturnType<typeof liveCatalog>
