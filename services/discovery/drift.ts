import { unwrap } from '#shared/client'
import type { Kernel } from '#shared/service'
import type { InventoryApi } from '../inventory/app'
import type { ProductApi } from '../product/app'
import { differences } from './domain'

export interface Window {
  from: Date
  to: Date
}

/** Each service knows its own store alone; what two of them say of the same thing is laid side by side here. */
export const driftCheck = (client: Kernel['client']) => {
  const inventory = client<InventoryApi>('inventory')
  const products = client<ProductApi>('product')
  return async ({ from, to }: Window) => {
    const query = { since: from.toISOString(), until: to.toISOString() }
    const { movements, stock } = await unwrap(inventory.internal.drift.get({ query }))
    const shown = await unwrap(products.internal.stock.post({ skus: Object.keys(stock) }))
    return { stock_movements: movements, product_stock: differences(stock, shown.stock) }
  }
}
export type DriftCheck = ReturnType<typeof driftCheck>
