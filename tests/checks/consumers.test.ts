import { describe, expect, test } from 'bun:test'
import * as catalog from '#shared/catalog'
import { type EventInfo, type Handler, isWantedBy, type Values } from '#shared/event'
import { released, type ServiceName } from '#shared/platform'
import { textOf } from './files'
import { handlersOf, listening } from './services'

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

const statuses = ['pending', 'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled']
const order = { order_id: 1, user_id: 1, items: [], payment_status: 'unpaid' }
/** Data with every combination of the values by which consumers choose. */
const samples: Record<string, object[]> = {
  'order.created': [{}, { coupon_code: 'A' }, { campaigns: [{ campaign_id: 1, amount: 1 }] }].flatMap(reduced =>
    [{}, { from_cart: true }].map(cart => ({ ...order, currency: 'USD', ...reduced, ...cart })),
  ),
  'order.status_updated': statuses.flatMap(status =>
    statuses.flatMap(previous => [{}, { due_amount: 1 }].map(due => ({ ...order, status, previous, ...due }))),
  ),
  'inventory.updated': [{}, { previous: 4 }, { previous: 5 }].map(change => ({
    ...{ product_id: 'a'.repeat(24), sku: 'A', quantity: 5, reserved: 1, available: 4 },
    ...change,
  })),
  'shipment.updated': ['label_created', 'picked_up', 'in_transit', 'delivered', 'returned', 'voided'].map(status => ({ ...order, status })),
  'rating.created': ['published', 'waiting'].map(status => ({ user_id: 1, rating_id: 'a', product_id: 'b', rating: 5, status })),
}
/** Consumers that would do again, without effect, what an event that they are given has done: see `sold` in shared/catalog/order.ts. */
const repeats: Record<string, (values: Values) => boolean> = {
  'inventory order.status_updated': ({ status }) => ['fulfilling', 'shipped', 'delivered'].includes(String(status)),
  'tax order.status_updated': ({ status }) => status === 'fulfilling',
  'product inventory.updated': ({ moved }) => moved === false,
  'favourite inventory.updated': ({ moved }) => moved === false,
  'search inventory.updated': ({ moved }) => moved === false,
}
const choices = events.flatMap(event =>
  event.kind === 'event' ? Object.entries(event.when).map(([service, wanted]) => ({ event, service: service as ServiceName, wanted })) : [],
)
const dataOf = ({ type, valuesOf }: EventInfo) => (samples[type] ?? []).map(data => ({ data, values: valuesOf?.(data) ?? {} }))

test.each(choices)('$service is sent only some messages of $event.type: it is a consumer, and each of its choices can occur', choice => {
  expect(choice.event.to).toContain(choice.service)
  const never = choice.wanted.filter(
    wanted => !dataOf(choice.event).some(({ values }) => isWantedBy(choice.service, { when: { [choice.service]: [wanted] } }, values)),
  )
  expect(never).toEqual([])
})

test.each(choices)('$service ignores the messages of $event.type that it is not sent', async ({ event, service }) => {
  let calls = 0
  const handler = (
    await handlersOf(
      service,
      listening(() => calls++),
    )
  ).find(one => one.event.type === event.type)
  const unwanted = dataOf(event).filter(({ values }) => !isWantedBy(service, event, values))
  const handled = []
  for (const { data, values } of unwanted) {
    calls = 0
    const time = new Date(0).toISOString()
    const aggregate = { type: event.type, id: '1', version: 1 }
    await handler?.handle({ id: '1', type: event.type, version: 1, time, source: '', request_id: '', traceparent: '', aggregate, data })
    if (calls > 0 && !repeats[`${service} ${event.type}`]?.(values)) handled.push(values)
  }
  expect(unwanted.length).toBeGreaterThan(0)
  expect(handled).toEqual([])
})
