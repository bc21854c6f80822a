import { chunks } from '#shared/chunks'
import { ask, type Clients } from '#shared/client'
import type { ProductApi } from '../product/app'

const idsPerQuestion = 100

export interface Category {
  id: string
  name: string
}
interface Branch extends Category {
  children: readonly Branch[]
}
const flat = ({ id, name, children }: Branch): Category[] => [{ id, name }, ...children.flatMap(flat)]

export const promotionClients = (client: Clients) => {
  const products = client<ProductApi>('product')
  const batch = async (ids: readonly string[]) => ask('product', products.api.products.batch.post({ ids: [...new Set(ids)] }))
  return {
    /** The category of each product, by name and as the path from the top; a product that the catalog does not have is absent. */
    async categoriesOf(productIds: readonly string[]) {
      const { items } = await batch(productIds)
      return new Map(items.map(({ id, category, category_ids }) => [id, { category, category_ids }]))
    },

    async allCategories(): Promise<Category[]> {
      const { items } = await ask('product', products.api.categories.get())
      return items.flatMap(flat)
    },

    async missingProducts(ids: readonly string[]): Promise<string[]> {
      const missing: string[] = []
      for (const some of chunks(ids, idsPerQuestion)) missing.push(...(await batch(some)).missing)
      return missing
    },
  }
}
export type PromotionClients = ReturnType<typeof promotionClients>
