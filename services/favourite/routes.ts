import type { Http } from '#shared/http'
import { PageQuery, page } from '#shared/page'
import { t } from '#shared/schema'
import type { Products } from './clients'
import type { FavouriteService } from './compose'
import type { FavouriteRow } from './database'
import {
  catalogOf,
  FavouritesView,
  FavouriteView,
  favouriteView,
  MergeBody,
  MergeView,
  NewFavourite,
  ProductParam,
  WatchBody,
} from './model'

type Deps = Pick<FavouriteService, 'favourites' | 'addFavourite' | 'mergeFavourites' | 'showFavourites' | 'setWatch'> & { http: Http }

export const favouriteRoutes = ({ http, favourites, addFavourite, mergeFavourites, showFavourites, setWatch }: Deps) => {
  const viewOf = async (userId: number, favourite: FavouriteRow, products?: Products) => {
    const [shown] = await showFavourites([favourite], userId, products)
    return favouriteView(shown ?? { favourite, watches: [], product: undefined, known: false })
  }
  return http('/api/favourites')
    .get(
      '/',
      async ({ user, query }) => {
        const { items, ...rest } = await favourites.list(user.id, query)
        const shown = await showFavourites(items, user.id)
        return { ...page({ ...rest, items: shown }, query, favouriteView), ...catalogOf(shown) }
      },
      {
        auth: true,
        query: PageQuery,
        response: { 200: FavouritesView },
        detail: {
          operationId: 'listFavourites',
          summary: 'My favourites, newest first, with today’s prices and stock',
          description: 'While the catalog does not answer, `catalog` is `unavailable`, and names, prices and currencies are null.',
        },
      },
    )
    .post(
      '/',
      async ({ user, body, set, status }) => {
        const { favourite, isNew, products } = await addFavourite(user.id, body.product_id)
        const view = await viewOf(user.id, favourite, products)
        if (!isNew) return view
        set.headers.location = '/api/favourites'
        return status(201, view)
      },
      {
        auth: true,
        body: NewFavourite,
        response: { 200: FavouriteView, 201: FavouriteView },
        problems: ['product_not_found', 'favourite_not_found', 'user_not_found', 'product_archived', 'too_many_favourites'],
        repeats: 'gives the same favourite',
        detail: { operationId: 'addFavourite', summary: 'Add a favourite: 201 when it is new, 200 with the same one when it is not' },
      },
    )
    .post('/merge', ({ user, body }) => mergeFavourites(user.id, body.product_ids), {
      auth: true,
      body: MergeBody,
      response: { 200: MergeView },
      problems: ['user_not_found', 'too_many_favourites'],
      repeats: 'adds nothing twice',
      detail: {
        operationId: 'mergeFavourites',
        summary: 'Add what a guest kept on the device; the last one is the newest',
        description: 'All that can be bought is added, or nothing when the list would be too long (409).',
      },
    })
    .put('/:product_id/watch', async ({ user, params, body }) => viewOf(user.id, await setWatch(user.id, params.product_id, body)), {
      auth: true,
      params: ProductParam,
      body: WatchBody,
      response: { 200: FavouriteView },
      problems: ['product_not_found', 'favourite_not_found', 'user_not_found', 'product_archived', 'too_many_favourites'],
      detail: {
        operationId: 'watchProduct',
        summary: 'Watch a product for a lower price or its return to stock; it becomes a favourite',
        description: [
          'A price is told when it is lower than the price at the time of watching and than every price told since, in the same currency.',
          'A return to stock is told at most once in 24 hours. With both false the watch ends and the favourite stays.',
        ].join(' '),
      },
    })
    .delete(
      '/:product_id',
      async ({ user, params, set }) => {
        await favourites.remove(user.id, params.product_id)
        set.status = 204
      },
      {
        auth: true,
        params: ProductParam,
        response: { 204: t.Void() },
        problems: ['favourite_not_found', 'user_not_found'],
        detail: { operationId: 'removeFavourite', summary: 'Remove a favourite and its watch' },
      },
    )
}
