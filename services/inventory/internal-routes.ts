import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import type { InventoryService } from './compose'
import { DriftView, LevelsView, levelView, ProductIds, ReservationsView } from './model'

type Deps = Pick<InventoryService, 'drift' | 'reservationStates' | 'stock'> & { http: Http }

export const internalRoutes = ({ http, drift, reservationStates, stock }: Deps) =>
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
    .post('/levels', async ({ body }) => ({ items: (await stock.openedSkus(body.product_ids)).map(levelView) }), {
      internal: ['favourite'],
      body: ProductIds,
      response: { 200: LevelsView },
      detail: { summary: 'What is available of each SKU of these products, with the version that its events carry' },
    })
