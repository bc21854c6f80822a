import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { favouriteApp } from '../mysql/app'
import { favouriteClients } from '../mysql/clients'
import { favouriteHandlers } from '../mysql/events'
import { compose } from './compose'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, redis, bus, client }) => {
      const service = compose({ redis, clients: favouriteClients(client) })
      await bus.consume(favouriteHandlers(service))
      return favouriteApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
