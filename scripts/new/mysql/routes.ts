import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { PageQuery, page, pageOf } from '#shared/page'
import { t } from '#shared/schema'
import type { FavouriteService } from './compose'
import { FavouriteView, favouriteView, NewFavourite, ProductParam } from './model'

export const favouriteRoutes = ({ http, favourites, save }: FavouriteService & { http: Http }) =>
  http('/api/favourites')
    .get('/', async ({ user, query }) => page(await favourites.list(user.id, query), query, favouriteView), {
      auth: true,
      query: PageQuery,
      response: { 200: pageOf(FavouriteView) },
      detail: { operationId: 'listFavourites', summary: 'My favourites, newest first' },
    })
    .post(
      '/',
      async ({ user, body, set, status }) => {
        const saved = await save(user.id, body.product_id, body.note)
        set.headers.location = '/api/favourites'
        return status(201, favouriteView(saved))
      },
      {
        auth: true,
        body: NewFavourite,
        response: { 201: FavouriteView },
        problems: ['product_not_found'],
        repeats: 'gives the same note',
        detail: { operationId: 'saveFavourite', summary: 'Save a note about a product; saving again changes the note' },
      },
    )
    .delete(
      '/:product_id',
      async ({ user, params, set }) => {
        if (!(await favourites.remove(user.id, params.product_id))) throw notFound('favourite')
        set.status = 204
      },
      {
        auth: true,
        params: ProductParam,
        response: { 204: t.Void() },
        problems: ['favourite_not_found'],
        detail: { operationId: 'deleteFavourite', summary: 'Delete the note about a product' },
      },
    )
