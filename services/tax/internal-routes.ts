import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import type { TaxService } from './compose'
import { QuoteBody, QuoteView } from './model'

const ReportedOrders = t.Object({ orders: t.Record(t.String(), t.Number({ description: 'The sale less its refunds, tax included' })) })

type Deps = Pick<TaxService, 'quoteTax' | 'reportedOrders'> & { http: Http }

export const internalRoutes = ({ http, quoteTax, reportedOrders }: Deps) =>
  http('/internal')
    .post('/quotes', ({ body }) => quoteTax(body), {
      internal: ['order', 'cart'],
      body: QuoteBody,
      response: { 200: QuoteView },
      detail: { summary: 'The tax on an order or a cart' },
    })
    .get('/drift', async ({ query }) => ({ orders: await reportedOrders.soldBetween(new Date(query.since), new Date(query.until)) }), {
      internal: ['discovery'],
      query: DriftQuery,
      response: ReportedOrders,
      detail: { summary: 'The orders that the report counts in a window, to compare with payment’s' },
    })
    .post('/orders', async ({ body }) => ({ orders: await reportedOrders.ofOrders(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: ReportedOrders,
      detail: { summary: 'What the report counts for orders, to compare with what order counts as paid' },
    })
