import { type Clients, unwrap } from '#shared/client'
import { second } from '#shared/time'
import type { FavouriteApi } from '../favourite/app'
import type { ProductApi } from '../product/app'

/** A shopper looks at recommendations in passing: without their favourites they are still good. */
const favouritesWithinMs = 300

/** What search asks of the catalog: everything in it, a page at a time, and its categories. Of favourites: what a user favoured last. */
export const searchClients = (client: Clients) => {
  const { api, internal } = client<ProductApi>('product', { deadlineMs: 10 * second })
  const favourite = client<FavouriteApi>('favourite', { deadlineMs: favouritesWithinMs })
  return {
    /** Products of every state in the order of their ids, after this one. */
    catalogAfter: async (after: string | undefined, limit: number) =>
      (await unwrap(internal.catalog.get({ query: { ...(after !== undefined && { after }), limit } }))).items,
    categories: async () => (await unwrap(api.categories.get())).items,
    missingOf: async (ids: string[]) => (await unwrap(api.products.batch.post({ ids }))).missing,
    /** Newest first; none while the favourite service is away or slow. */
    favourites: async (userId: number, limit: number): Promise<string[]> => {
      const asked = unwrap(favourite.internal.favourites({ user_id: userId }).get({ query: { limit } }))
      return asked.then(
        ({ product_ids }) => product_ids,
        () => [],
      )
    },
  }
}
export type SearchClients = ReturnType<typeof searchClients>
