import type { Http } from '#shared/http'
import { PageQuery, page } from '#shared/page'
import { t } from '#shared/schema'
import type { FavouriteService } from './compose'
import { catalogOf, SharedFavouritesView, SharedParam, ShareView, sharedView } from './model'

type Deps = Pick<FavouriteService, 'favourites' | 'showFavourites' | 'shares'> & { http: Http }

export const sharingRoutes = ({ http, favourites, showFavourites, shares }: Deps) =>
  http('/api/favourites')
    .post(
      '/share',
      async ({ user, set, status }) => {
        const { token, isNew } = await shares.open(user.id)
        set.headers['cache-control'] = 'no-store'
        if (!isNew) return { token }
        set.headers.location = `/api/favourites/shared/${token}`
        return status(201, { token })
      },
      {
        auth: true,
        response: { 200: ShareView, 201: ShareView },
        problems: ['user_not_found'],
        repeats: 'gives the same link',
        detail: { operationId: 'shareFavourites', summary: 'Make a link to my list: 201 when it is new, 200 with the one that there is' },
      },
    )
    .delete(
      '/share',
      async ({ user, set }) => {
        await shares.close(user.id)
        set.status = 204
      },
      {
        auth: true,
        response: { 204: t.Void() },
        problems: ['share_not_found'],
        detail: { operationId: 'unshareFavourites', summary: 'End the link; the next one has another token' },
      },
    )
    .get(
      '/shared/:token',
      async ({ params, query, set }) => {
        const owner = await shares.ownerOf(params.token)
        const { items, ...rest } = await favourites.list(owner, query)
        const shown = await showFavourites(items)
        set.headers['cache-control'] = 'no-store'
        return { ...page({ ...rest, items: shown }, query, sharedView), ...catalogOf(shown) }
      },
      {
        public: true,
        params: SharedParam,
        query: PageQuery,
        response: { 200: SharedFavouritesView },
        problems: ['share_not_found'],
        detail: { operationId: 'getSharedFavourites', summary: 'A shared list, newest first: its products, and nothing about its owner' },
      },
    )
