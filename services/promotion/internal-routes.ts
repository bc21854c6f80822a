import { DriftQuery, OrderIds } from '#shared/drift'
import type { Http } from '#shared/http'
import type { PromotionDrift } from './drift'
import { DiscountRequest, DiscountView, DriftView, RedemptionsView } from './model'
import type { Pricing } from './pricing'
import type { Redemptions } from './redemptions'

interface Deps {
  http: Http
  pricing: Pricing
  redemptions: Redemptions
  drift: PromotionDrift
}

export const internalRoutes = ({ http, pricing, redemptions, drift }: Deps) =>
  http('/internal')
    .post('/discounts', ({ body }) => pricing.discounts(body), {
      internal: ['order', 'cart'],
      body: DiscountRequest,
      response: { 200: DiscountView },
      detail: { summary: 'What an order of these items is given' },
    })
    .post('/redemptions', async ({ body }) => ({ redemptions: await redemptions.statesOf(body.order_ids) }), {
      internal: ['discovery'],
      body: OrderIds,
      response: { 200: RedemptionsView },
      detail: { summary: 'What became of these orders’ campaigns' },
    })
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Campaigns used in a window whose counts do not add up' },
    })
