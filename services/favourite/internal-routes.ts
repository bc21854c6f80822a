import { DriftQuery } from '#shared/drift'
import type { Http } from '#shared/http'
import type { FavouriteService } from './compose'
import { DriftView, NewestQuery, NewestView, UserParam } from './model'

type Deps = Pick<FavouriteService, 'favourites' | 'drift'> & { http: Http }

export const internalRoutes = ({ http, favourites, drift }: Deps) =>
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
