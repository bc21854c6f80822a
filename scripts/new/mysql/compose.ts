import type { FavouriteClients } from './clients'
import type { FavouriteSql } from './database'
import { favouriteRepository } from './repository'
import { saveFavourite } from './save'

interface Ports {
  sql: FavouriteSql
  clients: FavouriteClients
}

export const compose = ({ sql, clients }: Ports) => {
  const favourites = favouriteRepository(sql)
  return { favourites, save: saveFavourite({ favourites, clients }) }
}
export type FavouriteService = ReturnType<typeof compose>
