import type { Bus } from '#shared/bus'
import type { Log } from '#shared/log'
import type { Metrics } from '#shared/metrics'
import type { Redis } from '#shared/redis'
import { checkHealth } from './check-health'
import type { DiscoveryClients } from './clients'
import { checkDrift } from './drift'
import { liveFeed } from './live-feed'
import { metricSamples } from './metric-samples'
import { orderStory } from './order-story'
import { instanceRepository } from './repository'
import { sampleMetrics } from './sample-metrics'
import { showHistory } from './show-history'
import { showOverview } from './show-overview'
import { showQueues } from './show-queues'
import { watchDrift } from './watch-drift'

interface Ports {
  redis: Redis
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

interface ControlPorts extends Ports, Pick<DiscoveryService, 'instances' | 'checkHealth'> {
  bus: Pick<Bus, 'deadLetters' | 'queues' | 'tap'>
  pollMs?: number
  lingerMs?: number
}

/** What needs the broker as well. */
export const composeControlRoom = ({
  redis,
  clients,
  bus,
  instances,
  checkHealth,
  log,
  clock = () => new Date(),
  ...times
}: ControlPorts) => {
  const samples = metricSamples(redis)
  return {
    sampleMetrics: sampleMetrics({ instances, clients, samples, clock }),
    overview: showOverview({ checkHealth, instances, samples, clients, log }),
    history: showHistory({ samples, clock }),
    queues: showQueues({ queues: bus.queues, samples, clock }),
    live: liveFeed({ redis, tap: bus.tap, log, ...times }),
    story: orderStory({ clients, deadLetters: bus.deadLetters, log }),
  }
}
export type ControlRoom = ReturnType<typeof composeControlRoom>
