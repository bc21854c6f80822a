import { DriftQuery } from '#shared/drift'
import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { closed, Id, IdParam, t } from '#shared/schema'
import type { OrderService } from './compose'
import { ClaimBody, ClaimView, DriftView, HoldBody, OrderForServices, OrderToShip, orderForServices, orderToShip } from './internal-model'

interface Deps extends Pick<OrderService, 'orders' | 'claims' | 'drift' | 'personalData'> {
  http: Http
}

export const internalRoutes = ({ http, orders, claims, drift, personalData }: Deps) =>
  http('/internal')
    .get(
      '/orders/:id',
      async ({ params }) => {
        const order = await orders.byId(params.id)
        if (!order) throw notFound('order')
        return orderForServices(order)
      },
      {
        internal: ['shipping', 'payment'],
        params: IdParam,
        response: { 200: OrderForServices },
        detail: { summary: 'An order, with the address, which events do not carry' },
      },
    )
    .post('/orders/batch', async ({ body }) => ({ items: (await orders.toShip(body.ids)).map(orderToShip) }), {
      internal: ['shipping'],
      body: closed({ ids: t.Array(Id, { minItems: 1, maxItems: 100 }) }),
      response: { 200: t.Object({ items: t.Array(OrderToShip) }) },
      detail: { summary: 'What parcels need to know of their orders: those that there are' },
    })
    .post('/orders/:id/claim', ({ params, body, request }) => claims.claim(params.id, body, request.signal), {
      internal: ['payment'],
      params: IdParam,
      body: ClaimBody,
      response: { 200: ClaimView },
      detail: {
        summary: 'Freeze an order for a payment, as soon as it is payable; the same payment may ask again and gets the same answer',
      },
    })
    .post(
      '/orders/:id/hold',
      async ({ params, body, set }) => {
        await claims.hold(params.id, body)
        set.status = 204
      },
      {
        internal: ['payment'],
        params: IdParam,
        body: HoldBody,
        response: { 204: t.Void() },
        detail: { summary: 'Keep an order claimed for a stored payment that takes longer; a transfer moves its due time' },
      },
    )
    .post(
      '/orders/:id/release',
      async ({ params, body, set }) => {
        await claims.release(params.id, body.payment_id)
        set.status = 204
      },
      {
        internal: ['payment'],
        params: IdParam,
        body: closed({ payment_id: Id }),
        response: { 204: t.Void() },
        detail: { summary: 'End a payment’s claim early' },
      },
    )
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Orders that changed in a window, and orders that are stuck' },
    })
    // An account with open orders cannot be deleted.
    .get('/users/:id/open-orders', async ({ params }) => ({ count: await personalData.openOrders(params.id) }), {
      internal: ['user'],
      params: IdParam,
      response: { 200: closed({ count: t.Integer() }) },
      detail: { summary: 'How many orders of a user are still open' },
    })
