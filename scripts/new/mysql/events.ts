import { productDeleted } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { FavouriteService } from './compose'

/** Neither handler needs an inbox: deleting twice is deleting once. */
export const favouriteHandlers = ({ favourites }: Pick<FavouriteService, 'favourites'>) => [
  on(productDeleted, message => favourites.forgetProduct(message.data.product_id)),
  eraseOn((_, userId) => favourites.forgetUser(userId)),
]
