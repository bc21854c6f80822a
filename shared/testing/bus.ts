import { Type as t } from '@sinclair/typebox'
import type { Bus } from '../bus'
import { defineEvent, defineTimer } from '../event'
import { outgoing, testBus } from '../testing'

/** A small catalog, and what the tests of the bus need of it. */
export const paid = defineEvent('order.paid', { from: 'order', to: ['inventory'], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
export const noted = defineEvent('order.noted', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ text: t.String() }),
})
export const unconsumed = defineEvent('order.unconsumed', { from: 'order', to: [], aggregate: 'order', data: t.Object({}) })
export const overdue = defineTimer('order.overdue', {
  owner: 'order',
  aggregate: 'order',
  terms: ['standard', 'long'],
  data: t.Object({ n: t.Integer() }),
})
export const events = [paid, noted, unconsumed, overdue]

export const order = (id: number) => ({ id, version: 1 })
export const payments = (count: number) => outgoing(...Array.from({ length: count }, (_, n) => paid(order(n), { n })))

/** A sender with its own exchanges and queues, so that no test receives the messages of another. */
export const openBroker = async (options?: Parameters<typeof testBus>[1]) => {
  const broker = await testBus(events, options)
  return { ...broker, sender: await broker.open('order'), [Symbol.asyncDispose]: broker.drop }
}
export const deadLettersOf = async (bus: Bus) => (await bus.deadLetters.list()).flatMap(({ items }) => items)
