import { type ChannelModel, connect } from 'amqplib'
import type { Logger } from 'pino'
import { within } from '../deadline'
import { unavailable } from '../errors'
import { TopologyError } from './topology'

export type BusLog = Pick<Logger, 'info' | 'warn' | 'error'>

export interface LinkOptions {
  url: string
  /** What the connection is for, in log lines. */
  purpose: string
  log: BusLog
  /** Runs on every new connection, before anything else uses it. */
  setup: (model: ChannelModel) => Promise<void>
  onLost: () => void
  startWithinMs: number
}

/** A connection that comes back by itself, at most about a second after the broker does. */
export interface Link {
  close(): Promise<void>
}

const heartbeatS = 10
const setupWithinMs = 20_000

export const openLink = async ({ url, purpose, log, setup, onLost, startWithinMs }: LinkOptions): Promise<Link> => {
  const address = new URL(url)
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(heartbeatS))
  let lastFault: Error | undefined
  let hopeless: ((error: TopologyError) => void) | undefined
  let current: ChannelModel | undefined

  const model = await connect(address.href, {
    noDelay: true,
    timeout: 5000,
    recovery: {
      initialDelay: 50,
      maxDelay: 1000,
      waitForConnect: false,
      setup: async (fresh: ChannelModel) => {
        current = fresh
        // What the broker says when it closes the connection tells more than the call that this cuts off.
        let said: Error | undefined
        fresh.on('error', error => {
          said = error
        })
        const done = setup(fresh).then(
          () => true,
          error => {
            throw error instanceof TopologyError ? error : (said ?? error)
          },
        )
        if (!(await within(setupWithinMs, done))) throw new Error(`the broker did not answer within ${setupWithinMs} ms`)
      },
    },
  })
  let connected = false
  model.on('error', () => {})
  model.on('connect', () => {
    connected = true
    lastFault = undefined
    log.info({ purpose }, 'connected to the broker')
  })
  model.on('disconnect', error => {
    connected = false
    onLost()
    log.warn({ purpose, err: error }, 'lost the broker: connecting again')
  })
  model.on('connect-failed', error => {
    onLost()
    // Once an outage and cause, however many attempts it takes.
    if (error.message !== lastFault?.message) log.warn({ purpose, err: error }, 'the broker cannot be used: trying on')
    lastFault = error
    if (error instanceof TopologyError) hopeless?.(error)
  })

  // Closing waits for the broker's answer, which a hung one never gives.
  const close = async () => void (await within(2000, Promise.allSettled([model.close(), current?.close()])))

  const failed = new Promise<never>((_, reject) => {
    hopeless = reject
  })
  try {
    await within(startWithinMs, Promise.race([model.waitForConnect(), failed]))
  } catch (error) {
    await close()
    throw error
  }
  if (!connected) {
    await close()
    const reason = lastFault ? lastFault.message || ('code' in lastFault ? String(lastFault.code) : lastFault.name) : 'no answer'
    throw unavailable(
      'broker_unavailable',
      `RabbitMQ at ${address.host} could not be reached within ${startWithinMs} ms: ${reason}`,
      lastFault,
    )
  }
  return { close }
}
