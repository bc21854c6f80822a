import { notFound } from '#shared/errors'
import type { FavouriteClients, Products } from './clients'
import type { FavouriteRow } from './database'
import { productArchived } from './domain'
import type { FavouriteRepository } from './repository'

interface Ports {
  favourites: FavouriteRepository
  clients: Pick<FavouriteClients, 'products'>
  /** The most favourites of a user. */
  limit: number
}

interface Added {
  favourite: FavouriteRow
  isNew: boolean
  /** What the catalog said, if it was asked. */
  products?: Products
}

export const addFavourite =
  ({ favourites, clients, limit }: Ports) =>
  async (userId: number, productId: string): Promise<Added> => {
    const present = await favourites.find(userId, productId)
    // What is in the list needs no look at the catalog.
    if (present) return { favourite: present, isNew: false }
    const products = await clients.products([productId])
    const product = products.get(productId)
    if (!product) throw notFound('product')
    if (product.status === 'archived') throw productArchived()
    const added = await favourites.add(userId, [productId], limit)
    const favourite = await favourites.find(userId, productId)
    if (!favourite) throw notFound('favourite')
    return { favourite, isNew: added.length > 0, products }
  }
export type AddFavourite = ReturnType<typeof addFavourite>

/** Adds what a guest kept on a device, however often it is sent. What cannot be bought is reported, and stops nothing. */
export const mergeFavourites =
  ({ favourites, clients, limit }: Ports) =>
  async (userId: number, productIds: readonly string[]) => {
    const wanted = [...new Set(productIds)]
    const present = new Set(await favourites.present(userId, wanted))
    const others = wanted.filter(id => !present.has(id))
    const products = await clients.products(others)
    const unknown = others.filter(id => products.get(id)?.status !== 'active')
    const known = others.filter(id => !unknown.includes(id))
    const added = known.length === 0 ? [] : await favourites.add(userId, known, limit)
    return { added, present: wanted.filter(id => !added.includes(id) && !unknown.includes(id)), unknown }
  }
export type MergeFavourites = ReturnType<typeof mergeFavourites>
