import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { runService } from '#shared/service'
import { day, second } from '#shared/time'
import { favouriteApp } from './app'
import { favouriteClients } from './clients'
import { compose } from './compose'
import type { FavouriteDb } from './database'
import { favouriteHandlers } from './events'
import { meterFanOuts } from './fan-out-metrics'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, bus, client, config, every, log, metrics, ...kernel }) => {
      const sql = await kernel.sql<FavouriteDb>(migrations)
      const service = compose({
        sql,
        clients: favouriteClients(client),
        log,
        groupIntervalMs: groupInterval.inBackground,
        shareSecret: config.internalKey,
        limit: config.integer('FAVOURITES_LIMIT', 500),
        pauseMs: config.integer('BACK_IN_STOCK_PAUSE_MS', day),
      })
      meterFanOuts(metrics, service.fanOuts)
      await bus.consume(favouriteHandlers(service))
      every('telling watchers', second / 2, service.fanOuts.run)
      return favouriteApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
