import type { Log } from '#shared/log'
import type { Metrics } from '#shared/metrics'
import type { Redis } from '#shared/redis'
import { checkHealth } from './check-health'
import type { DiscoveryClients } from './clients'
import { checkDrift } from './drift'
import { instanceRepository } from './repository'
import { watchDrift } from './watch-drift'

interface Ports {
  redis: Pick<Redis, 'client'>
  clients: DiscoveryClients
  metrics: Pick<Metrics, 'gauge'>
  log: Pick<Log, 'warn'>
  clock?: () => Date
}

export const compose = ({ redis, clients, metrics, log, clock = () => new Date() }: Ports) => {
  const instances = instanceRepository(redis)
  const drift = checkDrift(clients)
  return {
    instances,
    checkHealth: checkHealth({ instances, clients }),
    checkDrift: drift,
    watchDrift: watchDrift({ checkDrift: drift, metrics, log, clock }),
  }
}
export type DiscoveryService = ReturnType<typeof compose>
