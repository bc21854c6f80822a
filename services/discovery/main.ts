import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { minute } from '#shared/time'
import { discoveryApp } from './app'
import { discoveryClients } from './clients'
import { compose } from './compose'

export const start = (env?: Environment) =>
  runService(
    'discovery',
    async ({ http, bus, every, client, redis, metrics, log }) => {
      const discovery = compose({ redis, clients: discoveryClients(client), metrics, log })
      every('watch drift', minute, discovery.watchDrift)
      return discoveryApp({ http, ...discovery, deadLetters: await bus.deadLetters() })
    },
    env,
  )

if (import.meta.main) await start()
