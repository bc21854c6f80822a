import { unwrap } from '#shared/client'
import type { Kernel } from '#shared/kernel'
import type { InventoryApi } from '../inventory/app'
import type { ProductApi } from '../product/app'
import { differing, driftOf, type Window } from './domain'

/** Each service knows its own store alone; what two of them say of the same thing is laid side by side here. */
export const driftCheck = (client: Kernel['client']) => {
  const inventory = client<InventoryApi>('inventory')
  const products = client<ProductApi>('product')
  return async ({ from, to }: Window) => {
    const ask = () => unwrap(inventory.internal.drift.get({ query: { since: from.toISOString(), until: to.toISOString() } }))
    const { movements, shelves, reserved, stock } = await ask()
    const shown = await unwrap(products.internal.stock.post({ skus: Object.keys(stock) }))
    const differ = differing(stock, shown.stock)
    // What was sold between the two questions differs rightly; it has left the window when asked again.
    const settled = differ.length > 0 ? (await ask()).stock : {}
    return {
      stock_movements: movements,
      stock_shelves: shelves,
      stock_reserved: reserved,
      product_stock: driftOf(differ.filter(sku => settled[sku] === stock[sku])),
    }
  }
}
export type DriftCheck = ReturnType<typeof driftCheck>
