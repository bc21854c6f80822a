import { type ChannelModel, connect } from 'amqplib'
import type { Logger } from 'pino'
import { within } from '../deadline'
import { second } from '../time'
import { TopologyError } from './topology'

export type BusLog = Pick<Logger, 'info' | 'warn' | 'error'>

interface Options {
  url: string
  /** What the connection is for, in log lines. */
  purpose: string
  log: BusLog
  /** Runs on every new connection, before it is used for anything else. */
  setup: (model: ChannelModel) => Promise<void>
  onLost: () => void
  /** How long the start waits for the first connection. After that, connecting continues in the background. */
  startWithinMs: number
}

/** A connection that reconnects by itself, within about a second after the broker is back. */
export interface Link {
  close(): Promise<void>
}

const heartbeatS = 10
const setupWithinMs = 20 * second
const closeWithinMs = 2 * second

export const openLink = async ({ url, purpose, log, setup, onLost, startWithinMs }: Options): Promise<Link> => {
  const address = new URL(url)
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(heartbeatS))
  /** Rejects when the broker's queues have other settings: trying again does not help a service that starts. */
  const unusable = Promise.withResolvers<never>()
  unusable.promise.catch(() => {})
  let connected = false
  let lastError: Error | undefined
  let connection: ChannelModel | undefined

  const setUp = async (model: ChannelModel) => {
    connection = model
    // The reason with which the broker closes the connection says more than the error of the call that this interrupts.
    let closeReason: Error | undefined
    let isClosed = false
    model.on('error', error => {
      closeReason = error
    })
    model.on('close', () => {
      isClosed = true
    })
    try {
      const done = setup(model).then(() => true)
      if (!(await within(setupWithinMs, done))) throw new Error(`the broker did not answer within ${setupWithinMs} ms`)
      // amqplib notices only what closes after this.
      if (isClosed) throw new Error('the connection was closed while it was set up')
    } catch (error) {
      // Before amqplib tries again it closes the connection, and waits for the broker's answer, which never comes if the connection is lost
      // meanwhile. Closing a connection for the second time fails at once.
      model.close().catch(() => {})
      throw error instanceof TopologyError ? error : (closeReason ?? error)
    }
  }
  const recovering = await connect(address.href, {
    noDelay: true,
    timeout: 5000,
    recovery: { initialDelay: 50, maxDelay: 1000, waitForConnect: false, setup: setUp },
  })
  recovering.on('error', () => {})
  recovering.on('connect', () => {
    connected = true
    lastError = undefined
    log.info({ purpose }, 'connected to the broker')
  })
  recovering.on('disconnect', error => {
    connected = false
    onLost()
    log.warn({ purpose, err: error }, 'lost the connection to the broker: connecting again')
  })
  recovering.on('connect-failed', error => {
    onLost()
    // One line for each cause, however many attempts fail.
    if (error.message !== lastError?.message) log.warn({ purpose, err: error }, 'could not connect to the broker: trying again')
    lastError = error
    if (error instanceof TopologyError) unusable.reject(error)
  })

  // Closing waits for the broker's answer, which may never come.
  const close = async () => void (await within(closeWithinMs, Promise.allSettled([recovering.close(), connection?.close()])))

  try {
    await within(startWithinMs, Promise.race([recovering.waitForConnect(), unusable.promise]))
  } catch (error) {
    await close()
    throw error
  }
  if (!connected) log.warn({ purpose, broker: address.host, err: lastError }, 'the broker is down: starting without it')
  return { close }
}
