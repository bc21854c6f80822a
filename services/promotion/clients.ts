import { ask, type Clients } from '#shared/client'
import type { ProductApi } from '../product/app'

export const promotionClients = (client: Clients) => {
  const products = client<ProductApi>('product')
  return {
    /** The category of each product; a product that the catalog does not have is absent. */
    async categoriesOf(productIds: readonly string[]): Promise<Map<string, string>> {
      const { items } = await ask('product', products.api.products.batch.post({ ids: [...new Set(productIds)] }))
      return new Map(items.map(({ id, category }) => [id, category]))
    },
  }
}
export type PromotionClients = ReturnType<typeof promotionClients>
