import { DriftQuery } from '#shared/drift'
import type { Http } from '#shared/http'
import { IdParam } from '#shared/schema'
import type { ParcelDrift } from './drift'
import { DriftView, VoidView } from './model'
import type { Quotes } from './quotes'
import { QuoteBody, QuoteView } from './tariff-model'
import type { Voids } from './voids'

interface Deps {
  http: Http
  quotes: Quotes
  voids: Voids
  drift: ParcelDrift
}

export const internalRoutes = ({ http, quotes, voids, drift }: Deps) =>
  http('/internal')
    .post('/quotes', ({ body }) => quotes(body), {
      internal: ['order', 'cart'],
      body: QuoteBody,
      response: { 200: QuoteView },
      detail: { summary: 'What sending costs' },
    })
    .post(
      '/orders/:id/void',
      async ({ params }) => {
        await voids.request(params.id)
        return { voided: true }
      },
      {
        internal: ['order'],
        params: IdParam,
        response: { 200: VoidView },
        detail: { summary: 'Nothing of this order leaves the house any more; 409 `already_picked_up` when a parcel did' },
      },
    )
    .get('/drift', ({ query }) => drift(new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Parcels that have waited too long' },
    })
