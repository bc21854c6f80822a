import type { Static, TSchema } from '@sinclair/typebox'
import { checker } from './checker'
import type { ServiceName } from './platform'

/** An event as it is sent. `version` is that of its schema; `aggregate.version` grows by one with each change of the aggregate. */
export interface Message<T = unknown> {
  id: string
  type: string
  version: number
  time: string
  source: string
  request_id: string
  traceparent: string
  aggregate: { type: string; id: string; version: number }
  data: T
}

export interface Aggregate {
  id: string | number
  version: number
}

/** What a transaction publishes: an event, or a timer, which the service receives itself when it is due. */
export interface Draft {
  /** For a service that stores the event's id before it publishes. Otherwise the outbox gives one. */
  id?: string
  exchange: string
  routingKey: string
  body: Pick<Message, 'type' | 'version' | 'aggregate' | 'data'>
  dueAt?: Date
}
export type Publish = (...drafts: Draft[]) => void

interface Described {
  type: string
  /** Says what is wrong with a payload; undefined when nothing is. Unknown fields are allowed, since schemas only grow. */
  problem(data: unknown): string | undefined
}

/** What RabbitMQ compares of an event's data. What is undefined is left out. */
export type Values = Record<string, string | boolean | undefined>

/** What the topology needs to know of an event. */
export interface EventInfo extends Described {
  kind: 'event'
  from: ServiceName
  to: readonly ServiceName[]
  exchange: string
  /** Undefined for an event of which every consumer receives all messages. */
  valuesOf?: ((data: unknown) => Values) | undefined
  /** A consumer that is named here receives only the messages that have all values of one of its entries. */
  when: Partial<Record<ServiceName, readonly Values[]>>
}
/** Whether a consumer of the event is sent a message with these values. */
export const isWantedBy = (service: ServiceName, { when }: Pick<EventInfo, 'when'>, values: Values): boolean =>
  when[service]?.some(wanted => Object.entries(wanted).every(([name, value]) => values[name] === value)) ?? true

/** What the topology needs to know of a timer. Each term has a delay queue, since a short delay would wait behind a long one. */
export interface TimerInfo extends Described {
  kind: 'timer'
  owner: ServiceName
  terms: readonly string[]
}
export type Topology = readonly (EventInfo | TimerInfo)[]

/** An event of the catalog. Calling it makes the draft that a transaction publishes. */
export interface EventType<S extends TSchema> extends EventInfo {
  schema: S
  (aggregate: Aggregate, data: Static<S>): Draft
}
/** A timer of the catalog: a delayed message of a service to itself. */
export interface TimerType<S extends TSchema, Term extends string = never> extends TimerInfo {
  schema: S
  (aggregate: Aggregate, data: Static<S>, due: { at: Date; term: Term }): Draft
}

const described = <S extends TSchema>(type: string, schema: S): Described & { schema: S } => ({
  type,
  schema,
  problem: checker(schema).problem,
})

interface EventOptions<S extends TSchema, V extends Values> {
  from: ServiceName
  to: readonly ServiceName[]
  aggregate: string
  version?: number
  data: S
  /**
   * Values by which consumers may choose. Once an event has values it keeps them, and a `when` names a value only one release after the events carry
   * it: in a rolling deploy, instances of the release before publish without it.
   */
  values?: (data: Static<S>) => V
  /** Unwanted messages are not delivered. The handler must still ignore them, since some arrive during a rolling deploy. */
  when?: Partial<Record<ServiceName, readonly Partial<NoInfer<V>>[]>>
}

export const defineEvent = <S extends TSchema, V extends Values = Values>(
  type: string,
  { from, to, aggregate, version = 1, data: schema, values, when = {} }: EventOptions<S, V>,
): EventType<S> => {
  const exchange = `${from}-events`
  const draft = ({ id, version: change }: Aggregate, data: Static<S>): Draft => ({
    exchange,
    routingKey: type,
    body: { type, version, aggregate: { type: aggregate, id: String(id), version: change }, data },
  })
  const valuesOf = values && ((data: unknown) => values(data as Static<S>))
  return Object.assign(draft, described(type, schema), { kind: 'event' as const, from, to, exchange, valuesOf, when })
}

/** The queue in which a timer waits. The first term has the plain name. */
export const delayQueue = (timer: { type: string; terms: readonly string[] }, term: string) =>
  term === timer.terms[0] ? `${timer.type}.delay` : `${timer.type}.delay.${term}`

interface TimerOptions<S extends TSchema, Term extends string> {
  owner: ServiceName
  aggregate: string
  terms: readonly [Term, ...Term[]]
  data: S
}

export const defineTimer = <S extends TSchema, const Term extends string>(
  type: string,
  { owner, aggregate, terms, data: schema }: TimerOptions<S, Term>,
): TimerType<S, Term> => {
  const draft = ({ id, version }: Aggregate, data: Static<S>, { at, term }: { at: Date; term: Term }): Draft => ({
    exchange: '',
    routingKey: delayQueue({ type, terms }, term),
    body: { type, version: 1, aggregate: { type: aggregate, id: String(id), version }, data },
    dueAt: at,
  })
  return Object.assign(draft, described(type, schema), { kind: 'timer' as const, owner, terms })
}

export interface Handler {
  event: EventInfo | TimerInfo
  handle(message: Message): Promise<unknown>
}

/** Binds a handler to an event. The bus checks the payload before the handler sees it. */
export const on = <S extends TSchema>(
  event: EventType<S> | TimerType<S>,
  handle: (message: Message<Static<S>>) => Promise<unknown>,
): Handler => ({
  event,
  handle: message => handle(message as Message<Static<S>>),
})

/** The part of the topology that a release uses. The queue of a consumer that is not shipped would only fill. */
export const forRelease = (events: Topology, shipped: readonly ServiceName[]): Topology =>
  events
    .filter(event => event.kind === 'event' || shipped.includes(event.owner))
    .map(event => (event.kind === 'timer' ? event : { ...event, to: event.to.filter(service => shipped.includes(service)) }))
