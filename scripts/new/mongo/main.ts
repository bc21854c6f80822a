import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { sampleApp } from '../mysql/app'
import { sampleClients } from '../mysql/clients'
import { sampleHandlers } from '../mysql/events'
import { compose } from './compose'
import { indexes } from './database'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, bus, client, ...kernel }) => {
      const mongo = await kernel.mongo(indexes)
      const service = compose({ mongo, clients: sampleClients(client) })
      await bus.consume(sampleHandlers(service))
      return sampleApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
