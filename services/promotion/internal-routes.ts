import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import type { PromotionService } from './compose'
import { DiscountRequest, DiscountView, DriftView, RedemptionsView } from './model'

type Deps = Pick<PromotionService, 'discounts' | 'redemptions' | 'drift'> & { http: Http }

export const internalRoutes = ({ http, discounts, redemptions, drift }: Deps) =>
  http('/internal')
    .post('/discounts', ({ body }) => discounts.calculate(body), {
      internal: ['order', 'cart'],
      body: DiscountRequest,
      response: { 200: DiscountView },
      detail: { summary: 'The discount of an order of these items' },
    })
    .post('/redemptions', async ({ body }) => ({ redemptions: await redemptions.statesOf(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: { 200: RedemptionsView },
      detail: { summary: 'Whether these orders’ campaigns are redeemed, rejected or released' },
    })
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Campaigns used in a window whose counters do not add up' },
    })
