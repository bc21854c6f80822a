import type { Environment } from '#shared/config'
import { revocationStream } from '#shared/revocations'
import { runService } from '#shared/service'
import { minute } from '#shared/time'
import { discoveryApp } from './app'
import { discoveryClients } from './clients'
import { compose, composeControlRoom } from './compose'
import { sampling } from './metric-samples'
import { watchDeadLetters } from './watch-dead-letters'

export const start = (env?: Environment) =>
  runService(
    'discovery',
    async ({ http, every, client, redis, metrics, log, ...kernel }) => {
      const ports = { redis, clients: discoveryClients(client), metrics, log }
      const discovery = compose(ports)
      every('watch drift', minute, discovery.watchDrift)
      const bus = await kernel.bus.inspection()
      const { deadLetters } = bus
      every('count dead letters', minute, watchDeadLetters({ deadLetters, metrics }))
      const controlRoom = composeControlRoom({ ...ports, ...discovery, bus })
      every('sample the metrics', sampling.watchedMs, controlRoom.sampleMetrics)
      kernel.follow(revocationStream, ({ sid }) => controlRoom.live.endSession(sid))
      kernel.onDrain(() => void controlRoom.live.close())
      return discoveryApp({ http, ...discovery, ...controlRoom, deadLetters })
    },
    env,
  )

if (import.meta.main) await start()
