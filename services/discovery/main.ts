import { runService } from '#shared/service'
import { discoveryApp } from './app'
import { driftCheck } from './drift'
import { registry } from './repository'

export const start = () =>
  runService('discovery', async ({ http, redis, bus, client }) =>
    discoveryApp({ http, registry: registry(redis), deadLetters: await bus.deadLetters(), checkDrift: driftCheck(client) }),
  )

if (import.meta.main) await start()
