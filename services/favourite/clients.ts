import { ask, type Clients } from '#shared/client'
import { notFound } from '#shared/errors'
import { toMinor } from '#shared/money'
import { second } from '#shared/time'
import type { InventoryApi } from '../inventory/app'
import type { ProductApi } from '../product/app'
import type { News } from './domain'

/** A product as the catalog shows it now; its price in minor units. */
export interface CatalogProduct {
  id: string
  version: number
  name: string
  price: number
  currency: string
  stock: number
  status: 'active' | 'archived'
  /** What can be bought, with the pieces that the catalog shows. */
  skus: readonly { sku: string; stock: number }[]
}

/** Products by their ids. */
export type Products = ReadonlyMap<string, CatalogProduct>

const deadlineMs = second

export const favouriteClients = (client: Clients) => {
  const { prices } = client<ProductApi>('product', { deadlineMs }).internal
  const { levels } = client<InventoryApi>('inventory', { deadlineMs }).internal

  /** The products with these ids, archived ones too; one that the catalog never had is absent. */
  const products = async (ids: readonly string[]): Promise<Products> => {
    if (ids.length === 0) return new Map()
    const { items } = await ask('product', prices.post({ ids: [...ids] }))
    return new Map(
      items.map(({ id, version, name, price, currency, stock, status, sku, variants }) => {
        const skus = variants.length === 0 ? [{ sku, stock }] : variants.map(variant => ({ sku: variant.sku, stock: variant.stock }))
        return [id, { id, version, name, price: toMinor(price, currency), currency, stock, status, skus }]
      }),
    )
  }

  return {
    products,

    /** What the catalog says of a product, and with `stock` what inventory does. A SKU that inventory has not met has the catalog's opening stock. */
    async productNews(id: string, stock: boolean): Promise<News> {
      const product = (await products([id])).get(id)
      if (!product) throw notFound('product')
      const { version, price, currency, skus } = product
      const catalog =
        product.status === 'archived' ? { version, gone: true as const } : { version, price, currency, skus: skus.map(({ sku }) => sku) }
      if (!stock) return { catalog }
      const counted = (await ask('inventory', levels.post({ product_ids: [id] }))).items
      const shown = skus.map(one => ({ sku: one.sku, available: one.stock, version: 0 }))
      const unmet = shown.filter(({ sku }) => !counted.some(level => level.sku === sku))
      return { catalog, levels: [...counted.map(({ sku, available, version }) => ({ sku, available, version })), ...unmet] }
    },
  }
}
export type FavouriteClients = ReturnType<typeof favouriteClients>
