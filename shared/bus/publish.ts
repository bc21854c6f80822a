import type { ChannelModel, ConfirmChannel, Options } from 'amqplib'
import { within } from '../deadline'
import type { Outcome } from '../outbox'
import { second } from '../time'

/** A message with the broker's own names in it. */
export interface Outbound {
  exchange: string
  routingKey: string
  content: Buffer
  properties: Options.Publish & { messageId: string }
}

interface PublisherState {
  channel: ConfirmChannel | undefined
  /** The broker is short of memory or disk, and reads no more messages. */
  blocked: boolean
}

/** How many messages may be unconfirmed at once, over all callers. */
const inFlightLimit = 500

/** The error with which amqplib reports a negative confirm; a channel that closes fails its messages with other ones. */
const isRefusal = (error: unknown) => error instanceof Error && error.message === 'message nacked'

export const createPublisher = ({ confirmWithinMs = 10 * second } = {}) => {
  const state: PublisherState = { channel: undefined, blocked: false }
  /** How often a message was returned, by id. The return arrives before the confirm, which succeeds all the same. */
  const returned = new Map<string, number>()
  const waiting: (() => void)[] = []
  let inFlight = 0

  const open = async (model: ChannelModel) => {
    const channel = await model.createConfirmChannel()
    returned.clear()
    channel.on('error', () => {})
    channel.on('return', ({ properties: { messageId } }) => returned.set(messageId, (returned.get(messageId) ?? 0) + 1))
    // The broker closed the channel because of what was sent: a new connection starts from a known state.
    channel.on('close', () => {
      if (state.channel === channel) state.channel = undefined
      model.close().catch(() => {})
    })
    model.on('blocked', () => {
      state.blocked = true
    })
    model.on('unblocked', () => {
      state.blocked = false
    })
    state.blocked = false
    state.channel = channel
  }

  const wasReturned = (id: string) => {
    const times = returned.get(id)
    if (times === undefined) return false
    if (times > 1) returned.set(id, times - 1)
    else returned.delete(id)
    return true
  }

  const freeSlot = () => {
    // Waiting callers are woken together, not once for every confirmed message.
    if (--inFlight <= (inFlightLimit * 3) / 4) for (const wake of waiting.splice(0)) wake()
  }

  const send = ({ exchange, routingKey, content, properties }: Outbound, settle: (outcome: Outcome) => void) => {
    const channel = state.channel
    if (!channel || state.blocked) return settle('failed')
    inFlight++
    try {
      channel.publish(exchange, routingKey, content, { mandatory: true, ...properties, persistent: true }, error => {
        freeSlot()
        const unroutable = wasReturned(properties.messageId)
        settle(error ? (isRefusal(error) ? 'refused' : 'failed') : unroutable ? 'unroutable' : 'confirmed')
      })
    } catch {
      // The channel has just closed.
      freeSlot()
      settle('failed')
    }
  }

  /** Gives one outcome for each message, in their order. A message that is not confirmed in time counts as failed, but may have arrived. */
  const publish = async (messages: Outbound[]): Promise<Outcome[]> => {
    const outcomes = new Array<Outcome>(messages.length).fill('failed')
    let open = messages.length
    const { promise: allSettled, resolve } = Promise.withResolvers<void>()
    const deadline = Date.now() + confirmWithinMs
    for (const [i, message] of messages.entries()) {
      while (inFlight >= inFlightLimit && Date.now() < deadline) await within(deadline - Date.now(), room())
      if (Date.now() >= deadline) break
      send(message, outcome => {
        outcomes[i] = outcome
        if (--open === 0) resolve()
      })
    }
    if (open > 0) await within(Math.max(0, deadline - Date.now()), allSettled)
    return [...outcomes]
  }
  const room = () => new Promise<void>(resolve => waiting.push(resolve))

  return {
    state,
    open,
    publish,
    lost: () => {
      state.channel = undefined
    },
    /** Waits for the messages that are still unconfirmed. */
    async drain(ms: number) {
      const channel = state.channel
      if (channel && inFlight > 0)
        await within(
          ms,
          channel.waitForConfirms().catch(() => {}),
        )
    },
  }
}
