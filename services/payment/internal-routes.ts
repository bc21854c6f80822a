import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { ByOrderView, DriftView } from './model'
import type { PaymentRepository } from './repository'

interface Deps {
  http: Http
  payments: PaymentRepository
  onlineProvider: string
}

export const internalRoutes = ({ http, payments, onlineProvider }: Deps) =>
  http('/internal')
    .get('/drift', ({ query }) => payments.drift({ from: new Date(query.since), to: new Date(query.until) }), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Sums of the payments that changed in a window, and what does not add up' },
    })
    .post('/payments/by-order', async ({ body }) => ({ payments: await payments.sumsByOrder(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: { 200: t.Object({ payments: ByOrderView }) },
      detail: { summary: 'Captured and refunded sums of these orders' },
    })
    .get('/provider', () => ({ provider: onlineProvider }), {
      internal: ['discovery'],
      response: { 200: t.Object({ provider: t.String() }) },
      detail: { summary: 'Who is asked to charge cards: `sandbox` charges nobody' },
    })
