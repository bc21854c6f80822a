import { Elysia } from 'elysia'
import { closed, t } from '#shared/schema'
import { testClients } from '#shared/testing'

export interface TestProduct {
  version: number
  price: number
  currency: string
  status: 'active' | 'archived'
  /** The pieces of each SKU, with the version of inventory's last event. */
  levels: Record<string, { available: number; version: number }>
}

/** Plays product and inventory, as far as they are asked. A test changes `catalog` to change what they answer. */
export const testShop = () => {
  const catalog = new Map<string, TestProduct>()
  const pricesOf = (ids: readonly string[]) =>
    ids.flatMap(id => {
      const known = catalog.get(id)
      if (!known) return []
      const { version, price, currency, status, levels } = known
      const variants = Object.entries(levels).map(([sku, { available }]) => ({ sku, price, stock: available }))
      const stock = variants.reduce((sum, variant) => sum + variant.stock, 0)
      return [{ id, version, name: `Product ${id}`, price, currency, status, stock, sku: id.slice(-6), variants }]
    })
  const levelsOf = (ids: readonly string[]) =>
    ids.flatMap(product_id => Object.entries(catalog.get(product_id)?.levels ?? {}).map(([sku, level]) => ({ product_id, sku, ...level })))
  const shop = testClients({
    product: new Elysia().post('/internal/prices', ({ body }) => ({ items: pricesOf(body.ids) }), {
      body: closed({ ids: t.Array(t.String()) }),
    }),
    inventory: new Elysia().post('/internal/levels', ({ body }) => ({ items: levelsOf(body.product_ids) }), {
      body: closed({ product_ids: t.Array(t.String()) }),
    }),
  })
  return { ...shop, catalog }
}
