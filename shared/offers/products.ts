import type { ProductApi } from '../../services/product/app'
import { ask, type Clients } from '../client'
import { toMinor } from '../money'
import { remember } from '../remember'
import type { TaxClass } from '../tax-class'
import { mostAnswers, type OfferOptions } from './memory'

/** A product as the catalog sells it now. */
export interface CatalogProduct {
  id: string
  name: string
  category: string
  /** From the top of the tree to its own category. A product service of an earlier release answers neither this nor the class. */
  category_ids?: readonly string[]
  tax_class?: TaxClass
  currency: string
  price: number
  sku: string
  stock: number
  status: 'active' | 'archived'
  variants: readonly { sku: string; price: number; stock: number }[]
}

/** The products with these ids; one that the catalog does not have is absent. */
export const offeredProducts = (client: Clients, { rememberMs, ...options }: OfferOptions) => {
  const { api } = client<ProductApi>('product', options)
  const askProducts = async (ids: readonly string[]): Promise<ReadonlyMap<string, CatalogProduct>> => {
    const { items } = await ask('product', api.products.batch.post({ ids: [...ids] }))
    return new Map(
      items.map(({ id, name, category, category_ids, tax_class, currency, price, sku, stock, status, variants }) => {
        const minor = (amount: number) => toMinor(amount, currency)
        const inMinor = variants.map(variant => ({ sku: variant.sku, price: minor(variant.price), stock: variant.stock }))
        const kind = { ...(category_ids && { category_ids }), ...(tax_class && { tax_class }) }
        return [id, { id, name, category, ...kind, currency, price: minor(price), sku, stock, status, variants: inMinor }]
      }),
    )
  }
  return remember(askProducts, { ms: rememberMs, most: mostAnswers })
}
