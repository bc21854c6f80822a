import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import type { InventoryService } from './compose'
import { DriftView, ReservationsView } from './model'

type Deps = Pick<InventoryService, 'drift' | 'reservationStates'> & { http: Http }

export const internalRoutes = ({ http, drift, reservationStates }: Deps) =>
  http('/internal')
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'The SKUs that changed in a window, and where their records disagree' },
    })
    .post('/reservations', async ({ body }) => ({ reservations: await reservationStates(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: { 200: ReservationsView },
      detail: { summary: 'The reservation state of each of these orders' },
    })
