import type { Bus } from '../bus'
import * as catalog from '../catalog'
import type { Config } from '../config'
import { forRelease } from '../event'
import type { Log } from '../log'
import type { Metrics } from '../metrics'
import type { RelayPorts, RelayTimes } from '../outbox/relay'
import { released } from '../platform'
import { createNotices, type Redis } from '../redis'
import type { Check } from '../service/ops'
import { second } from '../time'
import type { Tracer } from '../trace'
import type { Activity } from './activity'
import type { Shutdown } from './shutdown'

interface Options {
  config: Pick<Config, 'service' | 'rabbitmqUrl' | 'brokerPrefix' | 'retryDelaysMs'>
  log: Log
  metrics: Metrics
  tracer: Tracer
  activity: Activity
  redis: Redis
  startWithinMs: number
  checks: Record<string, Check>
  shutdown: Shutdown
}

/**
 * How many messages of each queue are handled side by side: enough that those that wait together share transactions (outbox/inbox.ts). A
 * message that ends the process costs the others that were delivered with it a delivery, too: see bus/topology.ts.
 */
const prefetch = 200

const topology = forRelease(Object.values(catalog), released)

/** The connection to the broker, which is opened when something first asks for it. */
export const createLazyBus = ({ config, log, metrics, tracer, activity, redis, startWithinMs, checks, shutdown }: Options) => {
  const { service, rabbitmqUrl: url, brokerPrefix: prefix, retryDelaysMs } = config
  const setUnderWay = (count: number) => {
    activity.note()
    metrics.setUnderWay(count)
  }
  const open = async (): Promise<Bus> => {
    const { openBus } = await import('../bus')
    const broker = { url, prefix, events: topology, retryDelaysMs }
    const bus = await openBus({ ...broker, service, log, tracer, metrics: { ...metrics, setUnderWay }, prefetch, startWithinMs })
    checks.rabbitmq = { ping: bus.ping, required: false }
    return bus
  }
  let opening: Promise<Bus> | undefined
  const opened = (): Promise<Bus> => {
    if (opening) return opening
    opening = open()
    const ifOpened = opening.catch(() => undefined)
    shutdown.at('stopping', async () => (await ifOpened)?.stopConsuming())
    shutdown.at('bus', async () => (await ifOpened)?.close())
    return opening
  }

  return {
    opened,
    relayPorts: async (): Promise<RelayPorts & RelayTimes> => ({
      bus: await opened(),
      siblings: createNotices(redis, `platform:outbox:${service}`),
      // The commits of this instance and the notifications of its siblings come at once. This finds what a crash has left.
      pollMs: 2 * second,
      isQuiet: activity.isQuiet,
    }),
  }
}
