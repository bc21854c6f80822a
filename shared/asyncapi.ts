import type { Options } from 'amqplib'
import release from '../package.json' with { type: 'json' }
import { brokerTopology, deadLetterQueue, queueOf, retryName } from './bus/topology'
import { delayQueue, type EventInfo, type TimerInfo } from './event'
import type { ServiceName } from './platform'
import { type TSchema, t } from './schema'

/** An event or timer with its schema, as the catalog has it. */
export type Described = (EventInfo | TimerInfo) & { schema: TSchema }
type Node = Record<string, unknown>

const text = (description: string) => t.String({ minLength: 1, description })

const envelope = t.Object(
  {
    id: text('Of this message. It comes again with a repeated delivery, so that a consumer handles it once'),
    type: text('What happened'),
    version: t.Integer({ description: 'Of the schema of `data`' }),
    time: t.String({ format: 'date-time', description: 'When it was written, in one transaction with what happened' }),
    source: text('The service that published it'),
    request_id: text('The request that caused it'),
    traceparent: text('The W3C trace context of that request'),
    aggregate: t.Object(
      {
        type: text('What kind of thing changed'),
        id: text('Which one'),
        version: t.Integer({ description: 'Grows by one with each change of it' }),
      },
      { description: 'What changed' },
    ),
    data: t.Unknown({ description: 'What happened, in the schema of its type. Unknown fields are allowed, since schemas only grow' }),
  },
  { title: 'Envelope', description: 'What every message has around its `data`' },
)

const headers = t.Object(
  {
    traceparent: t.Optional(t.String({ description: 'As in the body' })),
    'x-attempt': t.Optional(t.Integer({ description: 'How often its handler has failed' })),
    'x-exchange': t.Optional(t.String({ description: 'After a retry: where it was published' })),
    'x-routing-key': t.Optional(t.String({ description: 'After a retry: its type' })),
  },
  { title: 'MessageHeaders' },
)

const deadLetterHeaders = t.Object(
  {
    'x-reason': t.String({ description: 'Why it was given up' }),
    'x-attempts': t.Integer({ description: 'How often its handler failed' }),
    'x-failed-at': t.String({ format: 'date-time' }),
    'x-queue': t.String({ description: 'The queue that a replay puts it back into' }),
    'x-exchange': t.String(),
    'x-routing-key': t.String(),
  },
  { title: 'DeadLetterHeaders', description: 'The broker itself gives a message up with `x-death` instead' },
)

/** `order.status_updated` is `OrderStatusUpdated` in generated code. */
export const schemaName = (type: string) =>
  type
    .split(/[._-]/)
    .map(word => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('')

const ref = (path: string): Node => ({ $ref: `#/${path}` })
const messagesOf = (events: readonly Described[]) =>
  Object.fromEntries(events.map(({ type }) => [schemaName(type), ref(`components/messages/${schemaName(type)}`)]))

interface Terms {
  events: readonly Described[]
  retryDelaysMs: readonly number[]
}

/** The AsyncAPI document of the platform's events. Exchanges, queues and bindings are those that the services declare in RabbitMQ. */
export const asyncApi = ({ events, retryDelaysMs }: Terms) => {
  const { queues } = brokerTopology({ events, prefix: '', retryDelaysMs })
  const channels: Record<string, Node> = {}
  const operations: Record<string, Node> = {}

  const queueChannel = (name: string, description: string, of: readonly Described[], more: Node = {}) => {
    channels[name] = {
      address: name,
      description,
      messages: messagesOf(of),
      ...more,
      bindings: { amqp: { is: 'queue', queue: { ...amqp, name, exclusive: false }, bindingVersion } },
      ...argumentsOf(queues.get(name)),
    }
  }
  const operation = (service: ServiceName, action: 'send' | 'receive', channel: string, of: readonly Described[], summary: string) => {
    operations[`${service}.${action}.${channel}`] = {
      action,
      channel: ref(`channels/${channel}`),
      summary,
      tags: [{ name: service }],
      'x-service': service,
      messages: of.map(({ type }) => ref(`channels/${channel}/messages/${schemaName(type)}`)),
    }
  }

  for (const event of events) {
    if (event.kind === 'event') {
      const { type, from, to, exchange, when } = event
      const channel = `${exchange}.${type}`
      channels[channel] = {
        address: type,
        description: to.length > 0 ? `Published by ${from} for ${to.join(', ')}` : `Published by ${from}; nobody has asked for it yet`,
        messages: messagesOf([event]),
        'x-queues': to.map(service => queueOf(service, event)),
        // What these consumers want of it. The others receive every message.
        ...(Object.keys(when).length > 0 && { 'x-when': when }),
        bindings: { amqp: { is: 'routingKey', exchange: { ...amqp, name: exchange, type: 'topic' }, bindingVersion } },
      }
      operation(from, 'send', channel, [event], `${from} publishes ${type}`)
    } else
      for (const term of event.terms) {
        const delay = delayQueue(event, term)
        queueChannel(delay, `Where ${event.type} waits until it is due; then it goes to ${event.type}`, [event])
        operation(event.owner, 'send', delay, [event], `${event.owner} sets the timer ${event.type} for the term “${term}”`)
      }
  }
  for (const [queue, { service, received }] of receivers(events)) {
    const dead = deadLetterQueue(queue)
    queueChannel(queue, `What ${service} receives`, received, { 'x-retries': retryDelaysMs.map(retryName), 'x-dead-letters': dead })
    operation(service, 'receive', queue, received, `${service} receives from ${queue}`)
    queueChannel(dead, `What ${service} could not handle, until an administrator replays or deletes it`, received, {
      'x-headers': ref('components/schemas/DeadLetterHeaders'),
    })
  }
  for (const delayMs of retryDelaysMs)
    queueChannel(
      retryName(delayMs),
      `Where a message waits for ${delayMs / 1000} s after its handler failed; then it goes back to its queue`,
      [],
    )

  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Shop platform: events',
      version: release.version,
      description:
        'Services tell each other what happened through RabbitMQ. A message may come twice and in any order; its `id` tells repetitions apart. ' +
        'A message whose handler fails is tried again after each of the delays in `x-retries`, then goes to `x-dead-letters`.',
    },
    defaultContentType: 'application/json',
    servers: { broker: { host: 'rabbitmq:5672', protocol: 'amqp', description: 'Inside the platform; no client reaches it' } },
    channels,
    operations,
    components: {
      messages: Object.fromEntries(events.map(event => [schemaName(event.type), messageOf(event)])),
      schemas: {
        Envelope: envelope,
        MessageHeaders: headers,
        DeadLetterHeaders: deadLetterHeaders,
        ...Object.fromEntries(events.map(({ type, schema }): [string, TSchema] => [schemaName(type), schema])),
      },
    },
  }
}

const bindingVersion = '0.3.0'
const amqp = { durable: true, autoDelete: false, vhost: '/' }

/** The queues that have a consumer, each with its service and what it receives. */
const receivers = (events: readonly Described[]) => {
  const queues = new Map<string, { service: ServiceName; received: Described[] }>()
  for (const event of events)
    for (const service of event.kind === 'event' ? event.to : [event.owner]) {
      const queue = queueOf(service, event)
      const known = queues.get(queue) ?? { service, received: [] }
      queues.set(queue, { service, received: [...known.received, event] })
    }
  return queues
}

const argumentsOf = (queue: Options.AssertQueue | undefined): Node => ({
  ...(queue?.messageTtl !== undefined && { 'x-waits-ms': queue.messageTtl }),
  'x-queue-type': queue?.arguments['x-queue-type'],
  ...(queue?.arguments['x-delivery-limit'] !== undefined && { 'x-delivery-limit': queue.arguments['x-delivery-limit'] }),
})

const messageOf = (event: Described): Node => ({
  name: event.type,
  title: event.type,
  summary: event.kind === 'event' ? 'An event' : `A timer of ${event.owner}`,
  contentType: 'application/json',
  headers: ref('components/schemas/MessageHeaders'),
  payload: {
    allOf: [
      ref('components/schemas/Envelope'),
      {
        type: 'object',
        properties: { type: { const: event.type }, data: ref(`components/schemas/${schemaName(event.type)}`) },
        required: ['type', 'data'],
      },
    ],
  },
})
