import type { Environment } from '#shared/config'
import { groupInterval } from '#shared/outbox'
import { runService } from '#shared/service'
import { ratingApp } from './app'
import { ratingClients } from './clients'
import { compose } from './compose'
import { indexes } from './database'
import { ratingHandlers } from './events'

export const start = (env?: Environment) =>
  runService(
    'rating',
    async ({ http, bus, client, ...kernel }) => {
      const mongo = await kernel.mongo(indexes)
      const service = compose({ mongo, clients: ratingClients(client), groupIntervalMs: groupInterval.inBackground })
      await bus.consume(ratingHandlers(service))
      return ratingApp({ http, ...service })
    },
    env,
  )

if (import.meta.main) await start()
