import { ask, type Clients } from '#shared/client'
import { notFound } from '#shared/errors'
import { remember } from '#shared/remember'
import { hour } from '#shared/time'
import type { ProductApi } from '../product/app'

/** What rating asks of other services. */
export const ratingClients = (client: Clients) => {
  const { api } = client<ProductApi>('product')
  // A product that once existed stays, at most archived, so this memory is never wrong.
  const products = remember(
    async (ids: readonly string[]) => {
      const { items } = await ask('product', api.products.batch.post({ ids: [...ids] }))
      return new Map(items.map(({ id }) => [id, true as const]))
    },
    { ms: hour, most: 10_000 },
  )
  return {
    /** Throws `product_not_found` for a product that the catalog never had. An archived one can be reviewed by those who bought it before. */
    async requireProduct(id: string): Promise<void> {
      if (!(await products.recent([id])).has(id)) throw notFound('product')
    },
  }
}
export type RatingClients = ReturnType<typeof ratingClients>
