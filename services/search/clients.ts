import { type Clients, unwrap } from '#shared/client'
import { second } from '#shared/time'
import type { ProductApi } from '../product/app'

/** What search asks of the catalog: everything in it, a page at a time, and its categories. */
export const searchClients = (client: Clients) => {
  const { api, internal } = client<ProductApi>('product', { deadlineMs: 10 * second })
  return {
    /** Products of every state in the order of their ids, after this one. */
    catalogAfter: async (after: string | undefined, limit: number) =>
      (await unwrap(internal.catalog.get({ query: { ...(after !== undefined && { after }), limit } }))).items,
    categories: async () => (await unwrap(api.categories.get())).items,
    missingOf: async (ids: string[]) => (await unwrap(api.products.batch.post({ ids }))).missing,
  }
}
export type SearchClients = ReturnType<typeof searchClients>
