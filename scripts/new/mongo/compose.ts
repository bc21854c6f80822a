import type { Mongo } from '#shared/mongo'
import type { FavouriteClients } from '../mysql/clients'
import { saveFavourite } from '../mysql/save'
import { favouriteRepository } from './repository'

interface Ports {
  mongo: Mongo
  clients: FavouriteClients
}

export const compose = ({ mongo, clients }: Ports) => {
  const favourites = favouriteRepository(mongo)
  return { favourites, save: saveFavourite({ favourites, clients }) }
}
export type FavouriteService = ReturnType<typeof compose>
