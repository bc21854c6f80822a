import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { replyWith } from '#shared/idempotency-key'
import { page, pageOf } from '#shared/page'
import { IdempotencyHeader, IdParam } from '#shared/schema'
import type { OrderService } from './compose'
import type { Buyer } from './database'
import { ChangedOrder, NewOrder, OrderList, OrderView, orderView, StatsQuery, StatsView, TimelineView, timelineView } from './model'

interface Deps extends Pick<OrderService, 'orders' | 'place' | 'reprice' | 'cancel' | 'statistics'> {
  http: Http
}

export const orderRoutes = ({ http, orders, place, reprice, cancel, statistics }: Deps) => {
  const ownOrder = async (id: number, user: Buyer) => {
    const order = await orders.own(id, user)
    if (!order) throw notFound('order')
    return order
  }

  return http('/api/orders')
    .post(
      '/',
      async ({ user, body, headers, set }) => {
        return replyWith(set, await place(user, body, headers['idempotency-key']))
      },
      {
        auth: true,
        headers: IdempotencyHeader,
        body: NewOrder,
        response: { 201: OrderView },
        problems: [
          'items_or_cart',
          'sku_required',
          'unknown_sku',
          'unknown_shipping_option',
          'invalid_amount',
          'invalid_quantity',
          'cart_empty',
          'cart_changed',
          'coupon_rejected',
          'currency_mismatch',
          'no_rate_for_currency',
          'out_of_stock',
          'price_changed',
          'product_unavailable',
          'forbidden',
        ],
        detail: {
          operationId: 'placeOrder',
          summary: 'Place an order of the given lines, or of what is in the cart',
          description:
            'Prices come from the catalog; a `price` that is sent must be the current one. With `Idempotency-Key` it may be repeated.',
        },
      },
    )
    .get(
      '/',
      async ({ user, query }) => {
        const visible = user.role === 'admin' ? query : { ...query, user_id: user.id }
        return page(await orders.list(visible), query, orderView)
      },
      {
        auth: true,
        query: OrderList,
        response: { 200: pageOf(OrderView) },
        problems: ['invalid_period'],
        detail: { operationId: 'listOrders', summary: 'My orders, newest first; an admin sees everybody’s' },
      },
    )
    .get('/stats', ({ query }) => statistics(query), {
      auth: 'admin',
      query: StatsQuery,
      response: { 200: StatsView },
      problems: ['invalid_period', 'period_too_long'],
      detail: {
        operationId: 'getOrderStats',
        summary: 'Orders, revenue, average, top products and cancellations of a period, in one currency',
      },
    })
    .get('/:id', async ({ user, params }) => orderView(await ownOrder(params.id, user)), {
      auth: true,
      params: IdParam,
      response: { 200: OrderView },
      problems: ['order_not_found'],
      detail: { operationId: 'getOrder', summary: 'An order' },
    })
    .get(
      '/:id/timeline',
      async ({ user, params }) => {
        await ownOrder(params.id, user)
        return timelineView(await orders.timeline(params.id))
      },
      {
        auth: true,
        params: IdParam,
        response: { 200: TimelineView },
        problems: ['order_not_found'],
        detail: { operationId: 'getOrderTimeline', summary: 'Everything that happened to an order, with the events that reported it' },
      },
    )
    .patch('/:id', async ({ user, params, body }) => orderView(await reprice(params.id, user, body.shipping_address)), {
      auth: true,
      params: IdParam,
      body: ChangedOrder,
      response: { 200: OrderView },
      problems: ['order_not_found', 'unknown_shipping_option', 'illegal_transition', 'payment_in_progress', 'no_rate_for_currency'],
      detail: { operationId: 'changeOrderAddress', summary: 'Change the address before payment; carriage and tax are calculated again' },
    })
    .post(
      '/:id/cancel',
      async ({ user, params, headers, set }) => {
        return replyWith(set, await cancel(params.id, user, headers['idempotency-key']))
      },
      {
        auth: true,
        params: IdParam,
        headers: IdempotencyHeader,
        response: { 200: OrderView },
        problems: ['order_not_found', 'illegal_transition', 'already_picked_up'],
        detail: { operationId: 'cancelOrder', summary: 'Cancel an order that has not been picked up; what was paid is refunded' },
      },
    )
}
