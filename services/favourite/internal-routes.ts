import { DriftQuery } from '#shared/drift'
import type { Http } from '#shared/http'
import type { FavouriteService } from './compose'
import { DriftView, NewestQuery, NewestView, StockBody, StockView, UserParam } from './model'

type Deps = Pick<FavouriteService, 'favourites' | 'drift' | 'watchedStock'> & { http: Http }

export const internalRoutes = ({ http, favourites, drift, watchedStock }: Deps) =>
  http('/internal')
    .get('/favourites/:user_id', async ({ params, query }) => ({ product_ids: await favourites.newest(params.user_id, query.limit) }), {
      internal: ['search'],
      params: UserParam,
      query: NewestQuery,
      response: { 200: NewestView },
      detail: { summary: 'The products that a user favoured last, newest first' },
    })
    .get('/drift', ({ query }) => drift(new Date(query.since), new Date(query.until)), {
      internal: ['discovery'],
      query: DriftQuery,
      response: { 200: DriftView },
      detail: { summary: 'Watches without a favourite, wrong counts, and changes that are told too late' },
    })
    .post('/stock', async ({ body }) => ({ stock: await watchedStock(body.skus) }), {
      internal: ['discovery'],
      body: StockBody,
      response: { 200: StockView },
      detail: { summary: 'The stock known of those of these SKUs whose product is watched, to compare with inventory’s' },
    })
