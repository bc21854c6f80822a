import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { discoveryApp } from './app'
import { driftCheck } from './drift'
import { healthCheck, registry } from './repository'

export const start = (env?: Environment) =>
  runService(
    'discovery',
    async ({ http, redis, bus, client }) => {
      const live = registry(redis)
      return discoveryApp({
        http,
        registry: live,
        checkHealth: healthCheck(live),
        checkDrift: driftCheck(client),
        deadLetters: await bus.deadLetters(),
      })
    },
    env,
  )

if (import.meta.main) await start()
