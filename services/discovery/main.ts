import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { minute } from '#shared/time'
import { discoveryApp } from './app'
import { discoveryClients } from './clients'
import { compose } from './compose'
import { watchDeadLetters } from './watch-dead-letters'

export const start = (env?: Environment) =>
  runService(
    'discovery',
    async ({ http, bus, every, client, redis, metrics, log }) => {
      const discovery = compose({ redis, clients: discoveryClients(client), metrics, log })
      every('watch drift', minute, discovery.watchDrift)
      const deadLetters = await bus.deadLetters()
      every('count dead letters', minute, watchDeadLetters({ deadLetters, metrics }))
      return discoveryApp({ http, ...discovery, deadLetters })
    },
    env,
  )

if (import.meta.main) await start()
