import { describe, expect, test } from 'bun:test'
import * as catalog from '#shared/catalog'
import type { Handler } from '#shared/event'
import { released, type ServiceName } from '#shared/platform'
import { textOf } from './files'
import { handlersOf } from './services'

/** An event without a handler fills its consumer's queue for ever, and a handler without its event never runs: the catalog and the services must agree. */
type Event = Handler['event']
const isSentTo = (service: ServiceName) => (event: Event) => (event.kind === 'timer' ? event.owner === service : event.to.includes(service))
const fileOf = (event: Event) =>
  `shared/catalog/${event.kind === 'timer' ? event.owner : event.type === 'admin.acted' ? 'admin' : event.from}.ts`
const events: Event[] = Object.values(catalog)

describe.each([...released])('%s', service => {
  const handledEvents = async () => (await handlersOf(service)).map(({ event }) => event)

  test('has a handler for every event that names it in `to`, and for every timer of its own', async () => {
    const handled = (await handledEvents()).map(({ type }) => type)
    const missing = events.filter(isSentTo(service)).filter(({ type }) => !handled.includes(type))
    const advice = `handle it in services/${service}/events.ts, or take ${service} out of its \`to\``
    expect(missing.map(event => `${service} has no handler for ${event.type}: ${advice} in ${fileOf(event)}`)).toEqual([])
  })

  test('handles nothing else, and nothing twice', async () => {
    const handled = await handledEvents()
    const unsent = handled.filter(event => !isSentTo(service)(event))
    const advice = `delete the handler in services/${service}/events.ts, or add '${service}' to the event's \`to\``
    expect(unsent.map(event => `${service} handles ${event.type}, which is not sent to it: ${advice} in ${fileOf(event)}`)).toEqual([])
    const types = handled.map(event => `${event.type} of ${event.kind === 'timer' ? event.owner : event.from}`)
    const twice = types.filter((type, at) => types.indexOf(type) !== at)
    expect(twice.map(type => `${service} has two handlers for ${type}: join them in services/${service}/events.ts`)).toEqual([])
  })

  test('gives its handlers to the bus in main.ts, if it has any', async () => {
    const main = textOf(`services/${service}/main.ts`)
    expect(main.includes(`.consume(${service}Handlers(`)).toBe((await handledEvents()).length > 0)
  })
})
