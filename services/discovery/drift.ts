import { driftOf } from '#shared/drift'
import { second } from '#shared/time'
import type { DiscoveryClients } from './clients'
import {
  couponMatches,
  type Drift,
  differingKeys,
  differingRatings,
  orderTaxMatches,
  paymentMatches,
  paymentTaxMatches,
  sameRating,
  stockMatches,
  type Window,
} from './domain'

export const driftRelations = [
  'stock_movements',
  'stock_shelves',
  'stock_reserved',
  'product_stock',
  'watched_stock',
  'order_payments',
  'order_stock',
  'order_coupons',
  'order_taxes',
  'stuck_orders',
  'money_kept',
  'payment_ledger',
  'payments_without_outcome',
  'coupon_limits',
  'stuck_parcels',
  'tax_payments',
  'stuck_messages',
  'favourite_watches',
  'favourite_counts',
  'stuck_watches',
  'rating_summaries',
  'product_ratings',
  'search_products',
] as const
type DriftRelation = (typeof driftRelations)[number]

type Stock = ReturnType<DiscoveryClients['inventoryDrift']>
type Levels = Awaited<Stock>['stock']
type Ratings = ReturnType<DiscoveryClients['ratingDrift']>
type Orders = ReturnType<DiscoveryClients['orderDrift']>
type OrderFacts = Awaited<Orders>['orders'][string]

export interface DriftResult {
  checked: Record<string, Drift>
  /** Why the other relations could not be checked. */
  failed: Record<string, unknown>
}

/**
 * Compares what the services know about the same things. A relation depends only on the services that it compares: while one service is
 * down, the relations of the others are still checked.
 *
 * Events that are under way make two services differ for a moment. A difference therefore counts only if the owner of the figure still
 * says the same when it is asked again.
 */
export const checkDrift = (clients: DiscoveryClients, { settleMs = 1.5 * second } = {}) => {
  /** Counts have no moment of their own, so events under way get time to arrive before a difference counts. */
  const searchProducts = async (): Promise<Drift> => {
    const ask = async () => {
      const [onSale, { stored, indexed }] = await Promise.all([clients.productsOnSale(), clients.searchDrift()])
      return { onSale, missing: onSale - stored, unfound: stored - indexed }
    }
    const first = await ask()
    if (first.missing === 0 && first.unfound === 0) return driftOf([])
    await Bun.sleep(settleMs)
    const { onSale, missing, unfound } = await ask()
    if (onSale !== first.onSale || (missing === 0 && unfound === 0)) return driftOf([])
    return {
      count: Math.abs(missing) + Math.abs(unfound),
      examples: [
        ...(missing === 0 ? [] : [`${Math.abs(missing)} ${missing > 0 ? 'fewer' : 'more'} stored than on sale`]),
        ...(unfound === 0 ? [] : [`${Math.abs(unfound)} ${unfound > 0 ? 'fewer' : 'more'} found than stored`]),
      ],
    }
  }

  const stockRelation = async (window: Window, stock: Stock, differingFrom: (owned: Levels) => Promise<string[]>): Promise<Drift> => {
    const owned = (await stock).stock
    const differing = await differingFrom(owned)
    if (differing.length === 0) return driftOf([])
    const settled = (await clients.inventoryDrift(window)).stock
    return driftOf(differing.filter(sku => settled[sku] === owned[sku]))
  }

  const orderRelation = async <Answer>(
    window: Window,
    orders: Orders,
    ask: (orderIds: number[]) => Promise<Record<string, Answer>>,
    matches: (order: OrderFacts, answer: Answer | undefined) => boolean,
  ): Promise<Drift> => {
    const known = Object.entries((await orders).orders)
    const answers = await ask(known.map(([id]) => Number(id)))
    const differing = known.filter(([id, order]) => !matches(order, answers[id]))
    if (differing.length === 0) return driftOf([])
    const settled = (await clients.orderDrift(window)).orders
    return driftOf(differing.filter(([id, order]) => Bun.deepEquals(settled[id], order)).map(([id]) => id))
  }

  const taxPayments = async (window: Window): Promise<Drift> => {
    const { orders } = await clients.taxDrift(window)
    const reported = Object.entries(orders)
    const payments = await clients.paymentsOf(reported.map(([id]) => Number(id)))
    const differing = reported.filter(([id, amount]) => !paymentTaxMatches(amount, payments[id]))
    if (differing.length === 0) return driftOf([])
    const settled = (await clients.taxDrift(window)).orders
    return driftOf(differing.filter(([id, amount]) => settled[id] === amount).map(([id]) => id))
  }

  const productRatings = async (window: Window, ratings: Ratings): Promise<Drift> => {
    const owned = (await ratings).ratings
    const differing = differingRatings(owned, await clients.ratingsShown(Object.keys(owned)))
    if (differing.length === 0) return driftOf([])
    const settled = (await clients.ratingDrift(window)).ratings
    return driftOf(differing.filter(id => sameRating(settled[id], owned[id])))
  }

  return async (window: Window): Promise<DriftResult> => {
    const stock = clients.inventoryDrift(window)
    const orders = clients.orderDrift(window)
    const payments = clients.paymentDrift(window)
    const favourites = clients.favouriteDrift(window)
    const ratings = clients.ratingDrift(window)
    const relations: Record<DriftRelation, Promise<Drift>> = {
      stock_movements: stock.then(({ movements }) => movements),
      stock_shelves: stock.then(({ shelves }) => shelves),
      stock_reserved: stock.then(({ reserved }) => reserved),
      product_stock: stockRelation(window, stock, async owned => differingKeys(owned, await clients.stockShown(Object.keys(owned)))),
      watched_stock: stockRelation(window, stock, async owned => {
        // Favourite knows the stock of watched products alone.
        const known = await clients.stockWatched(Object.keys(owned))
        return differingKeys(owned, { ...owned, ...known })
      }),
      order_payments: orderRelation(window, orders, clients.paymentsOf, ({ paid }, payment) => paymentMatches(paid, payment)),
      order_stock: orderRelation(window, orders, clients.reservationsOf, ({ has_stock }, state) => stockMatches(has_stock, state)),
      order_coupons: orderRelation(
        window,
        orders,
        clients.redemptionsOf,
        ({ status, coupon_code }, state) => coupon_code === undefined || couponMatches(status, state),
      ),
      order_taxes: orderRelation(window, orders, clients.reportedForTax, ({ paid }, reported) => orderTaxMatches(paid, reported)),
      stuck_orders: orders.then(({ stuck }) => stuck),
      // An order service of the release before does not report it.
      money_kept: orders.then(({ money_kept }) => money_kept ?? driftOf([])),
      payment_ledger: payments.then(({ ledger }) => ledger),
      payments_without_outcome: payments.then(({ outstanding }) => outstanding),
      coupon_limits: clients.promotionDrift(window).then(({ limits }) => limits),
      stuck_parcels: clients.shippingDrift(window).then(({ stuck }) => stuck),
      tax_payments: taxPayments(window),
      stuck_messages: clients.notificationDrift(window).then(({ overdue }) => overdue),
      favourite_watches: favourites.then(({ watches }) => watches),
      favourite_counts: favourites.then(({ counts }) => counts),
      stuck_watches: favourites.then(({ stuck }) => stuck),
      rating_summaries: ratings.then(({ summaries }) => summaries),
      product_ratings: productRatings(window, ratings),
      search_products: searchProducts(),
    }
    const outcomes = await Promise.all(
      Object.entries(relations).map(([relation, check]) =>
        check.then(
          drift => ({ relation, drift }),
          (error: unknown) => ({ relation, error }),
        ),
      ),
    )
    return {
      checked: Object.fromEntries(outcomes.flatMap(outcome => ('drift' in outcome ? [[outcome.relation, outcome.drift] as const] : []))),
      failed: Object.fromEntries(outcomes.flatMap(outcome => ('error' in outcome ? [[outcome.relation, outcome.error] as const] : []))),
    }
  }
}
export type DriftCheck = ReturnType<typeof checkDrift>
