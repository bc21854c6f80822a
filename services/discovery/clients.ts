import { Value } from '@sinclair/typebox/value'
import { type Clients, unwrap } from '#shared/client'
import type { Instance } from '#shared/registry'
import { t } from '#shared/schema'
import { second } from '#shared/time'
import type { FavouriteApi } from '../favourite/app'
import type { InventoryApi } from '../inventory/app'
import type { NotificationApi } from '../notification/app'
import type { OrderApi } from '../order/app'
import type { PaymentApi } from '../payment/app'
import type { ProductApi } from '../product/app'
import type { PromotionApi } from '../promotion/app'
import type { RatingApi } from '../rating/app'
import type { SearchApi } from '../search/app'
import type { ShippingApi } from '../shipping/app'
import type { TaxApi } from '../tax/app'
import type { InstanceState, Window } from './domain'
import { type Reading, readingOf } from './domain-metrics'

const readyWithinMs = 1.5 * second
const Readiness = t.Object({ dependencies: t.Record(t.String(), t.String()) })

const during = ({ from, to }: Window) => ({ query: { since: from.toISOString(), until: to.toISOString() } })

/** What discovery asks of other services. */
export const discoveryClients = (client: Clients) => {
  const favourites = client<FavouriteApi>('favourite').internal
  const inventory = client<InventoryApi>('inventory').internal
  const notifications = client<NotificationApi>('notification').internal
  const orders = client<OrderApi>('order').internal
  const payments = client<PaymentApi>('payment').internal
  const products = client<ProductApi>('product').internal
  const promotions = client<PromotionApi>('promotion').internal
  const ratings = client<RatingApi>('rating').internal
  const search = client<SearchApi>('search').internal
  const shipping = client<ShippingApi>('shipping').internal
  const taxes = client<TaxApi>('tax').internal

  return {
    favouriteDrift: (window: Window) => unwrap(favourites.drift.get(during(window))),
    inventoryDrift: (window: Window) => unwrap(inventory.drift.get(during(window))),
    notificationDrift: (window: Window) => unwrap(notifications.drift.get(during(window))),
    orderDrift: (window: Window) => unwrap(orders.drift.get(during(window))),
    paymentDrift: (window: Window) => unwrap(payments.drift.get(during(window))),
    promotionDrift: (window: Window) => unwrap(promotions.drift.get(during(window))),
    ratingDrift: (window: Window) => unwrap(ratings.drift.get(during(window))),
    shippingDrift: (window: Window) => unwrap(shipping.drift.get(during(window))),
    /** How many products are stored for searches, and how many an instance finds. */
    searchDrift: () => unwrap(search.drift.get()),
    productsOnSale: async () => (await unwrap(products.catalog.count.get())).active,
    taxDrift: (window: Window) => unwrap(taxes.drift.get(during(window))),

    stockWatched: async (skus: string[]) => (await unwrap(favourites.stock.post({ skus }))).stock,
    stockShown: async (skus: string[]) => (await unwrap(products.stock.post({ skus }))).stock,
    ratingsShown: async (ids: string[]) => (await unwrap(products.ratings.post({ ids }))).ratings,
    paymentsOf: async (order_ids: number[]) => (await unwrap(payments.payments['by-order'].post({ order_ids }))).payments,
    reservationsOf: async (order_ids: number[]) => (await unwrap(inventory.reservations.post({ order_ids }))).reservations,
    reportedForTax: async (order_ids: number[]) => (await unwrap(taxes.orders.post({ order_ids }))).orders,
    redemptionsOf: async (order_ids: number[]) => (await unwrap(promotions.redemptions.post({ order_ids }))).redemptions,

    paymentProvider: async () => (await unwrap(payments.provider.get())).provider,

    /** What an instance has counted; undefined when it does not answer in time. */
    async readingOf(address: string): Promise<Reading | undefined> {
      try {
        const answer = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(readyWithinMs) })
        return answer.ok ? readingOf(await answer.text()) : undefined
      } catch {
        return undefined
      }
    },

    /** What an instance reports about itself. An instance that does not answer in time is down, even if it is still registered. */
    async stateOf({ address, version }: Pick<Instance, 'address' | 'version'>): Promise<InstanceState> {
      try {
        const answer = await fetch(`http://${address}/ready`, { signal: AbortSignal.timeout(readyWithinMs) })
        const body: unknown = await answer.json()
        const dependencies = Value.Check(Readiness, body) ? body.dependencies : {}
        return { address, version, state: answer.ok ? 'up' : 'degraded', dependencies }
      } catch {
        return { address, version, state: 'down', dependencies: {} }
      }
    },
  }
}
export type DiscoveryClients = ReturnType<typeof discoveryClients>
