import type { Redis } from '#shared/redis'
import type { FavouriteClients } from '../mysql/clients'
import { saveFavourite } from '../mysql/save'
import { favouriteRepository } from './repository'

interface Ports {
  redis: Redis
  clients: FavouriteClients
}

export const compose = ({ redis, clients }: Ports) => {
  const favourites = favouriteRepository(redis)
  return { favourites, save: saveFavourite({ favourites, clients }) }
}
export type FavouriteService = ReturnType<typeof compose>
