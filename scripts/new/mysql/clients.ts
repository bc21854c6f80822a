import { ask, type Clients } from '#shared/client'
import type { ProductApi } from '../../../services/product/app'

export const sampleClients = (client: Clients) => {
  const { api } = client<ProductApi>('product')
  return {
    /** Throws `product_not_found` for a product that the catalog does not have. */
    async requireProduct(id: string): Promise<void> {
      await ask('product', api.products({ id }).get())
    },
  }
}
export type SampleClients = ReturnType<typeof sampleClients>
