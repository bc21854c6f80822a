import type { Log } from '#shared/log'
import { day } from '#shared/time'
import { addFavourite, mergeFavourites } from './add-favourites'
import type { FavouriteClients } from './clients'
import type { FavouriteSql } from './database'
import { favouriteDrift, watchedStock } from './drift'
import { fanOuts } from './fan-outs'
import { favouritePersonalData } from './personal-data'
import { favouriteRepository } from './repository'
import { setWatch } from './set-watch'
import { shares } from './shares'
import { showFavourites } from './show-favourites'
import { hearNews } from './watched-products'

interface Ports {
  sql: FavouriteSql
  clients: FavouriteClients
  log: Pick<Log, 'warn'>
  /** What the tokens of shared lists are made with. */
  shareSecret: string
  /** The most favourites of a user. */
  limit?: number
  /** The shortest time between two messages to a user that a product is back in stock. */
  pauseMs?: number
  /** How many watchers are told in one transaction. */
  batchSize?: number
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
  clock?: () => Date
}

export const compose = ({ sql, clients, log, shareSecret, ...options }: Ports) => {
  const { limit = 500, pauseMs = day, batchSize = 500, groupIntervalMs = 0, clock = () => new Date() } = options
  const favourites = favouriteRepository(sql)
  return {
    favourites,
    addFavourite: addFavourite({ favourites, clients, limit }),
    mergeFavourites: mergeFavourites({ favourites, clients, limit }),
    showFavourites: showFavourites({ favourites, clients }),
    setWatch: setWatch({ sql, clients, limit }),
    shares: shares({ sql, secret: shareSecret }),
    hearNews: hearNews(sql, groupIntervalMs),
    fanOuts: fanOuts({ sql, log, clock, pauseMs, batchSize }),
    personalData: favouritePersonalData(sql),
    drift: favouriteDrift(sql),
    watchedStock: watchedStock(sql),
  }
}
export type FavouriteService = ReturnType<typeof compose>
