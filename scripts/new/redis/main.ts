import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { sampleApp } from '../mysql/app'
import { sampleClients } from '../mysql/clients'
import { sampleHandlers } from '../mysql/events'
import { compose } from './compose'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, redis, bus, client }) => {
      const service = compose({ redis, clients: sampleClients(client) })
      await bus.consume(sampleHandlers(service))
      return sampleApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
