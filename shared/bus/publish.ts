import type { ChannelModel, ConfirmChannel, Options } from 'amqplib'
import { within } from '../deadline'
import type { Outcome } from '../outbox'

/** A message with the broker's own names in it. */
export interface Outbound {
  exchange: string
  routingKey: string
  content: Buffer
  properties: Options.Publish & { messageId: string }
}

interface PublisherState {
  channel: ConfirmChannel | undefined
  /** The broker is short of memory or disk and reads nothing more. */
  blocked: boolean
}

/** So many unconfirmed messages at once, over all callers. */
const inFlightLimit = 500

export const createPublisher = ({ confirmWithinMs = 10_000 } = {}) => {
  const state: PublisherState = { channel: undefined, blocked: false }
  /** Returned messages by id: a return comes before the confirm, which succeeds all the same. */
  const returned = new Map<string, number>()
  const waiting: (() => void)[] = []
  let inFlight = 0

  const open = async (model: ChannelModel) => {
    const channel = await model.createConfirmChannel()
    returned.clear()
    channel.on('error', () => {})
    channel.on('return', ({ properties: { messageId } }) => returned.set(messageId, (returned.get(messageId) ?? 0) + 1))
    // Closed by the broker for what we sent: a new connection begins from a known state.
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

  const leave = () => {
    // In lots, so that not every message costs a wake-up.
    if (--inFlight <= (inFlightLimit * 3) / 4) for (const wake of waiting.splice(0)) wake()
  }

  const send = ({ exchange, routingKey, content, properties }: Outbound, settle: (outcome: Outcome) => void) => {
    const channel = state.channel
    if (!channel || state.blocked) return settle('failed')
    inFlight++
    try {
      channel.publish(exchange, routingKey, content, { ...properties, persistent: true, mandatory: true }, error => {
        leave()
        const unroutable = wasReturned(properties.messageId)
        settle(error ? 'failed' : unroutable ? 'unroutable' : 'confirmed')
      })
    } catch {
      // The channel closed a moment ago.
      leave()
      settle('failed')
    }
  }

  /** One outcome a message, in their order; what is not confirmed in time has failed, and may arrive all the same. */
  const publish = async (messages: Outbound[]): Promise<Outcome[]> => {
    const outcomes = new Array<Outcome>(messages.length).fill('failed')
    let open = messages.length
    const { promise: settled, resolve } = Promise.withResolvers<void>()
    const deadline = Date.now() + confirmWithinMs
    for (const [i, message] of messages.entries()) {
      while (inFlight >= inFlightLimit && Date.now() < deadline) await within(deadline - Date.now(), room())
      if (Date.now() >= deadline) break
      send(message, outcome => {
        outcomes[i] = outcome
        if (--open === 0) resolve()
      })
    }
    if (open > 0) await within(Math.max(0, deadline - Date.now()), settled)
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
    /** Waits for what is still unconfirmed. */
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
