import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { ByOrderView, DriftView } from './model'
import type { Payments } from './repository'

export const internalRoutes = ({ http, payments }: { http: Http; payments: Payments }) =>
  http('/internal')
    .get('/drift', ({ query }) => payments.drift({ from: new Date(query.since), to: new Date(query.until) }), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'What was paid in a window, and what does not add up' },
    })
    .post('/payments/by-order', async ({ body }) => ({ payments: await payments.sumsByOrder(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: { 200: t.Object({ payments: ByOrderView }) },
      detail: { summary: 'What was captured and refunded for these orders' },
    })
