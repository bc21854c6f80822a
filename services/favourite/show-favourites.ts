import { AppError } from '#shared/errors'
import type { CatalogProduct, FavouriteClients, Products } from './clients'
import type { FavouriteRow, WatchRow } from './database'
import type { FavouriteRepository } from './repository'

interface Ports {
  favourites: Pick<FavouriteRepository, 'watchesOf'>
  clients: Pick<FavouriteClients, 'products'>
}

export interface Shown {
  favourite: FavouriteRow
  watches: readonly WatchRow[]
  /** Absent when the catalog never had it. */
  product: CatalogProduct | undefined
  /** Whether the catalog answered. */
  known: boolean
}

/** Favourites with what the catalog says of them now, asked once for all. When it does not answer, they are shown without. */
export const showFavourites = ({ favourites, clients }: Ports) => {
  const lookUp = async (ids: readonly string[]): Promise<Products | undefined> => {
    try {
      return await clients.products(ids)
    } catch (error) {
      // The client has counted and traced the call that failed.
      if (error instanceof AppError) return undefined
      throw error
    }
  }
  /** The watches are those of the user; `asked` is what the catalog has said already. */
  return async (rows: readonly FavouriteRow[], userId?: number, asked?: Products): Promise<Shown[]> => {
    const ids = rows.map(({ product_id }) => product_id)
    const [products, watches] = await Promise.all([asked ?? lookUp(ids), userId === undefined ? [] : favourites.watchesOf(userId, ids)])
    const byProduct = Map.groupBy(watches, ({ product_id }) => product_id)
    return rows.map(favourite => ({
      favourite,
      watches: byProduct.get(favourite.product_id) ?? [],
      product: products?.get(favourite.product_id),
      known: products !== undefined,
    }))
  }
}
export type ShowFavourites = ReturnType<typeof showFavourites>
