import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { favouriteApp } from '../mysql/app'
import { favouriteClients } from '../mysql/clients'
import { favouriteHandlers } from '../mysql/events'
import { compose } from './compose'
import { indexes } from './database'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, bus, client, ...kernel }) => {
      const mongo = await kernel.mongo(indexes)
      const service = compose({ mongo, clients: favouriteClients(client) })
      await bus.consume(favouriteHandlers(service))
      return favouriteApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
