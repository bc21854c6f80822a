import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { sampleApp } from './app'
import { sampleClients } from './clients'
import { compose } from './compose'
import type { SampleDb } from './database'
import { sampleHandlers } from './events'
import * as migrations from './migrations'

export const start = (env?: Environment) =>
  runService(
    'favourite',
    async ({ http, bus, client, ...kernel }) => {
      const sql = await kernel.sql<SampleDb>(migrations)
      const service = compose({ sql, clients: sampleClients(client) })
      await bus.consume(sampleHandlers(service))
      return sampleApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
