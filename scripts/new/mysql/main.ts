import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { favouriteApp } from './app'
import { favouriteClients } from './clients'
import { compose } from './compose'
import type { FavouriteDb } from './database'
import { favouriteHandlers } from './events'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, bus, client, ...kernel }) => {
      const sql = await kernel.sql<FavouriteDb>(migrations)
      const service = compose({ sql, clients: favouriteClients(client) })
      await bus.consume(favouriteHandlers(service))
      return favouriteApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
