import type { Draft, Handler, Message } from './event'
import { type OutgoingMessage, outboxRows } from './outbox'
import { outgoingMessage } from './outbox/rounds'

export { brokerTopology } from './bus/topology'
export { testClients } from './testing/clients'
export { mostConnections } from './testing/connections'
export { sender, testHttp } from './testing/http'
export { untilLockWaits } from './testing/locks'
export { watchStatements } from './testing/statements'
export { testBus, testMongo, testRedis, testSql } from './testing/stores'

/** Repeats `check` until it returns something other than false, null or undefined without throwing, and returns that. */
export const eventually = async <T>(check: () => T | Promise<T>, { timeoutMs = 15_000, everyMs = 10 } = {}): Promise<NonNullable<T>> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let last: unknown = 'it never became true'
    try {
      const value = await check()
      if (value !== false && value !== undefined && value !== null) return value
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw last instanceof Error ? last : new Error(`waited ${timeoutMs} ms: ${last}`)
    await Bun.sleep(everyMs)
  }
}

/** A draft as its consumers receive it. Delivering the returned object twice is delivering the same message twice. */
export const messageOf = ({ exchange, body }: Draft, { id = crypto.randomUUID() as string, at = new Date() } = {}): Message => ({
  id,
  time: at.toISOString(),
  source: exchange.replace('-events', ''),
  request_id: 'test',
  traceparent: '',
  ...body,
})

/** Delivers messages to the handlers of their types, one after the other. */
export const deliverTo =
  (handlers: readonly Handler[]) =>
  async (...messages: readonly Message[]) => {
    for (const one of messages) await handlers.find(({ event }) => event.type === one.type)?.handle(one)
  }

/** Drafts as the relay hands them to the broker. */
export const outgoing = (...drafts: Draft[]): OutgoingMessage[] => outboxRows(drafts, 'test').map(outgoingMessage)
