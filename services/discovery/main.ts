import type { Environment } from '#shared/config'
import { runService } from '#shared/service'
import { discoveryApp } from './app'
import { windowOf } from './domain'
import { driftCheck } from './drift'
import { healthCheck, registry } from './repository'

const minute = 60_000

export const start = (env?: Environment) =>
  runService(
    'discovery',
    async ({ http, redis, bus, client, metrics, every }) => {
      const live = registry(redis)
      const checkDrift = driftCheck(client)
      const findings = metrics.gauge('drift_findings', 'Where services disagree or something hangs, in the last quarter of an hour', [
        'relation',
      ])
      every('look for drift', minute, async () => {
        for (const [relation, { count }] of Object.entries(await checkDrift(windowOf({}, new Date())))) findings.set({ relation }, count)
      })
      return discoveryApp({
        http,
        registry: live,
        checkHealth: healthCheck(live),
        checkDrift,
        deadLetters: await bus.deadLetters(),
      })
    },
    env,
  )

if (import.meta.main) await start()
