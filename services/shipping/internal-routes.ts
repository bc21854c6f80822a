import { DriftQuery } from '#shared/drift'
import type { Http } from '#shared/http'
import { IdParam } from '#shared/schema'
import type { ShipmentDrift } from './drift'
import { DriftView, VoidView } from './model'
import type { QuoteShipping } from './quote-shipping'
import { InternalQuoteBody, QuoteView } from './tariff-model'
import type { VoidOrder } from './void-order'

interface Deps {
  http: Http
  quoteShipping: QuoteShipping
  voidOrder: VoidOrder
  drift: ShipmentDrift
}

export const internalRoutes = ({ http, quoteShipping, voidOrder, drift }: Deps) =>
  http('/internal')
    .post('/quotes', ({ body }) => quoteShipping(body), {
      internal: ['order', 'cart'],
      body: InternalQuoteBody,
      response: { 200: QuoteView },
      detail: { summary: 'What shipping costs' },
    })
    .post(
      '/orders/:id/void',
      async ({ params }) => {
        await voidOrder(params.id)
        return { voided: true }
      },
      {
        internal: ['order'],
        params: IdParam,
        response: { 200: VoidView },
        detail: { summary: 'Stop all shipments of an order; 409 `already_picked_up` when one has left' },
      },
    )
    .get('/drift', ({ query }) => drift(new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Shipments that have waited too long' },
    })
