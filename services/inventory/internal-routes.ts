import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import type { ReservationStates, StockDrift } from './drift'
import { DriftView, ReservationsView } from './model'

interface Deps {
  http: Http
  drift: StockDrift
  reservationStates: ReservationStates
}

export const internalRoutes = ({ http, drift, reservationStates }: Deps) =>
  http('/internal')
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'What changed in a window, and what of it does not add up' },
    })
    .post('/reservations', async ({ body }) => ({ reservations: await reservationStates(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: { 200: ReservationsView },
      detail: { summary: 'How far the stock of these orders has come' },
    })
