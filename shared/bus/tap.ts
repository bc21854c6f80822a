import type { Message, Topology } from '../event'
import { openChannel } from './amqp'
import { type BusLog, type Link, openLink } from './link'
import { parseMessage } from './message'

interface Options {
  url: string
  prefix: string
  events: Topology
  log: BusLog
  startWithinMs: number
  onMessage: (message: Message) => void
}

/** What waits for a reader that is slow; the oldest makes room, so that a tap never holds the broker's memory. */
const mostWaiting = 2000

/**
 * A copy of every event for as long as somebody looks, from a queue that the broker deletes with the connection. It slows nobody down, but
 * while a tap is open, an event whose only consumer queue was deleted still reaches a queue, so the broker confirms it instead of returning it.
 */
export const openTap = ({ url, prefix, events, log, startWithinMs, onMessage }: Options): Promise<Link> => {
  const exchanges = new Set(events.flatMap(event => (event.kind === 'event' ? [prefix + event.exchange] : [])))
  return openLink({
    url,
    purpose: 'watching',
    log,
    startWithinMs,
    onLost: () => {},
    setup: async model => {
      const channel = await openChannel(model)
      channel.on('close', () => void model.close().catch(() => {}))
      const { queue } = await channel.assertQueue(`${prefix}watching.${crypto.randomUUID()}`, {
        exclusive: true,
        autoDelete: true,
        durable: false,
        maxLength: mostWaiting,
        overflow: 'drop-head',
      })
      for (const exchange of exchanges) await channel.bindQueue(queue, exchange, '#')
      await channel.consume(
        queue,
        raw => {
          const message = raw && parseMessage(raw.content)
          if (message && typeof message !== 'string') onMessage(message)
        },
        { noAck: true },
      )
    },
  })
}
