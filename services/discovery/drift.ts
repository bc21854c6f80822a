import { type Clients, unwrap } from '#shared/client'
import { driftOf } from '#shared/drift'
import type { InventoryApi } from '../inventory/app'
import type { OrderApi } from '../order/app'
import type { PaymentApi } from '../payment/app'
import type { ProductApi } from '../product/app'
import type { PromotionApi } from '../promotion/app'
import type { ShippingApi } from '../shipping/app'
import { couponFits, type Drift, differing, stockFits, type Window } from './domain'

const net = ({ captured, refunded }: { captured: number; refunded: number } = { captured: 0, refunded: 0 }) =>
  Math.round((captured - refunded) * 1000)

const queryOf = ({ from, to }: Window) => ({ since: from.toISOString(), until: to.toISOString() })

/** What inventory counts, against its own books and what the catalog shows. */
export const stockDrift = (client: Clients) => {
  const inventory = client<InventoryApi>('inventory')
  const products = client<ProductApi>('product')
  return async (window: Window) => {
    const query = queryOf(window)
    const ask = () => unwrap(inventory.internal.drift.get({ query }))
    const { movements, shelves, reserved, stock: owned } = await ask()
    const shown = await unwrap(products.internal.stock.post({ skus: Object.keys(owned) }))
    const differ = differing(owned, shown.stock)
    // What was sold between the two questions differs rightly; it has left the window when asked again.
    const settled = differ.length > 0 ? (await ask()).stock : {}
    return {
      stock_movements: movements,
      stock_shelves: shelves,
      stock_reserved: reserved,
      product_stock: driftOf(differ.filter(sku => settled[sku] === owned[sku])),
    }
  }
}

/** What order believes, against what payment, inventory and promotion know. */
const orderDrift = (client: Clients) => {
  const ordering = client<OrderApi>('order')
  const payments = client<PaymentApi>('payment')
  const inventory = client<InventoryApi>('inventory')
  const promotions = client<PromotionApi>('promotion')
  return async (window: Window) => {
    const query = queryOf(window)
    const ask = () => unwrap(ordering.internal.drift.get({ query }))
    const { orders: placed, stuck } = await ask()
    const ids = { order_ids: Object.keys(placed).map(Number) }
    const [paid, held, redeemed] = await Promise.all([
      unwrap(payments.internal.payments['by-order'].post(ids)),
      unwrap(inventory.internal.reservations.post(ids)),
      unwrap(promotions.internal.redemptions.post(ids)),
    ])
    const known = Object.entries(placed)
    const suspects = {
      order_payments: known.filter(([id, { paid: amount }]) => Math.round(amount * 1000) !== net(paid.payments[id])),
      order_stock: known.filter(([id, { has_stock }]) => !stockFits(has_stock, held.reservations[id])),
      order_coupons: known.filter(
        ([id, { status, coupon_code }]) => coupon_code !== undefined && !couponFits(status, redeemed.redemptions[id]),
      ),
    }
    const settled = Object.values(suspects).some(found => found.length > 0) ? (await ask()).orders : {}
    const still = (found: typeof known) => driftOf(found.filter(([id, seen]) => Bun.deepEquals(settled[id], seen)).map(([id]) => id))
    return {
      order_payments: still(suspects.order_payments),
      order_stock: still(suspects.order_stock),
      order_coupons: still(suspects.order_coupons),
      stuck_orders: stuck,
    }
  }
}

/** Each service knows its own store alone; what two of them say of the same thing is laid side by side here. */
export const driftCheck = (client: Clients) => {
  const stock = stockDrift(client)
  const orders = orderDrift(client)
  const payments = client<PaymentApi>('payment')
  const promotions = client<PromotionApi>('promotion')
  const parcels = client<ShippingApi>('shipping')
  return async (window: Window) => {
    const query = queryOf(window)
    const [ofStock, ofOrders, { ledger, outstanding }, { limits }, { stuck }] = await Promise.all([
      stock(window),
      orders(window),
      unwrap(payments.internal.drift.get({ query })),
      unwrap(promotions.internal.drift.get({ query })),
      unwrap(parcels.internal.drift.get({ query })),
    ])
    return {
      ...ofStock,
      ...ofOrders,
      payment_ledger: ledger,
      payments_without_outcome: outstanding,
      coupon_limits: limits,
      stuck_parcels: stuck,
    }
  }
}
export type DriftCheck = (window: Window) => Promise<Record<string, Drift>>
