import { DriftQuery } from '#shared/drift'
import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { closed, Id, IdParam, t } from '#shared/schema'
import type { Claims } from './claim'
import type { Drift } from './drift'
import { ClaimBody, DriftView, OrderForServices, orderForServices } from './internal-model'
import type { PersonalData } from './personal-data'
import type { Orders } from './repository'

interface Deps {
  http: Http
  orders: Orders
  claims: Claims
  drift: Drift
  personalData: PersonalData
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
        detail: { summary: 'An order, with the address that events don’t carry' },
      },
    )
    .post('/orders/:id/claim', ({ params, body }) => claims.claim(params.id, body), {
      internal: ['payment'],
      params: IdParam,
      body: ClaimBody,
      response: { 200: t.Object({ order_id: t.Integer(), user_id: t.Integer(), amount: t.Number(), currency: t.String() }) },
      detail: { summary: 'Freeze an order for a payment; asked again by the same payment, the answer is the same' },
    })
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
        detail: { summary: 'End a payment’s claim before its time' },
      },
    )
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Orders that changed in a window, and those that stand still' },
    })
    // Nobody is erased while something is on its way to them.
    .get('/users/:id/open-orders', async ({ params }) => ({ count: await personalData.openOrders(params.id) }), {
      internal: ['user'],
      params: IdParam,
      response: { 200: closed({ count: t.Integer() }) },
      detail: { summary: 'How many orders of somebody are still under way' },
    })
