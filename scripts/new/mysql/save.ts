import type { FavouriteClients } from './clients'
import type { FavouriteRepository } from './repository'

interface Ports {
  favourites: Pick<FavouriteRepository, 'save'>
  clients: FavouriteClients
}

export const saveFavourite =
  ({ favourites, clients }: Ports) =>
  async (userId: number, productId: string, note: string) => {
    await clients.requireProduct(productId)
    return favourites.save(userId, productId, note)
  }
