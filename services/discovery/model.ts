import type { DeadLetter } from '#shared/bus'
import type { Instance } from '#shared/registry'
import { closed, integerText, named, periodFields, type Static, Time, t } from '#shared/schema'

export const ServiceParam = closed({ name: t.String({ maxLength: 40, examples: ['product'] }) })

const InstanceView = named(
  'ServiceInstance',
  t.Object({
    id: t.String(),
    address: t.String({ examples: ['127.0.0.1:8002'] }),
    version: t.String({ examples: ['0.1.0'] }),
    started_at: Time,
    last_heartbeat: Time,
  }),
)
export const ServiceView = named('Service', t.Object({ name: t.String({ examples: ['product'] }), instances: t.Array(InstanceView) }))
export const ServicesView = named('ServiceList', t.Object({ services: t.Array(ServiceView) }))

export const serviceView = (name: string, instances: readonly Instance[]): Static<typeof ServiceView> => ({
  name,
  instances: instances.map(({ id, address, version, started_at, last_heartbeat }) => ({
    id,
    address,
    version,
    started_at,
    last_heartbeat,
  })),
})

export const State = named('HealthState', t.Union([t.Literal('up'), t.Literal('degraded'), t.Literal('down')]))
const InstanceState = named(
  'InstanceHealth',
  t.Object({ address: t.String(), version: t.String(), state: State, dependencies: t.Record(t.String(), t.String()) }),
)
export const HealthView = named(
  'PlatformHealth',
  t.Object({
    status: State,
    checked_at: Time,
    services: t.Array(named('ServiceHealth', t.Object({ name: t.String(), status: State, instances: t.Array(InstanceState) }))),
  }),
)

export const DriftQuery = closed({
  from: t.Optional(periodFields.from),
  to: t.Optional(periodFields.to),
})
export const DriftView = named(
  'DriftReport',
  t.Object({
    window: named('DriftWindow', t.Object({ from: Time, to: Time })),
    checked_at: Time,
    drift: t.Record(t.String(), t.Integer(), { examples: [{ stock_movements: 0, stock_shelves: 0, stock_reserved: 0, product_stock: 0 }] }),
    examples: t.Record(t.String(), t.Array(t.String())),
  }),
)

const queue = t.String({ minLength: 1, maxLength: 120, pattern: '^[a-z][a-z0-9._-]*$', examples: ['product.inventory-events'] })
const filter = {
  type: t.Optional(t.String({ minLength: 1, maxLength: 100, examples: ['order.created'] })),
  order_id: t.Optional(integerText({ minimum: 1 })),
  reason: t.Optional(t.String({ minLength: 1, maxLength: 200, description: 'A part of the reason', examples: ['timeout'] })),
}
export const LettersQuery = closed({ queue: t.Optional(queue), ...filter, limit: integerText({ minimum: 1, maximum: 200, default: 20 }) })
export const DeadLetterParam = closed({
  queue,
  id: t.String({ minLength: 1, maxLength: 100, examples: ['0198c0de-0000-7000-8000-000000000000'] }),
})
export const DeadLetterQueueParam = closed({ queue })
export const BulkQuery = closed({ ...filter, limit: integerText({ minimum: 1, maximum: 1000, default: 100 }) })

const letter = {
  id: t.String(),
  queue: t.String({ examples: ['product.inventory-events'] }),
  type: t.String({ examples: ['inventory.updated'] }),
  reason: t.String(),
  attempts: t.Integer(),
  failed_at: t.Union([Time, t.Null()]),
  age_seconds: t.Union([t.Integer(), t.Null()]),
  aggregate: t.Optional(named('DeadLetterSubject', t.Object({ type: t.String(), id: t.String() }, { description: 'What it tells of' }))),
  order_id: t.Optional(t.Integer()),
}
export const DeadLetterView = named('DeadLetter', t.Object(letter))
export const DeadLettersView = named(
  'DeadLetterQueues',
  t.Object({
    queues: t.Array(named('DeadLetterQueue', t.Object({ queue: t.String(), count: t.Integer(), items: t.Array(DeadLetterView) }))),
  }),
)
export const ReplayView = named('DeadLetterReplay', t.Object({ replayed: t.Literal(true) }))
const left = t.Integer({ description: 'How many are among the dead letters of the queue now' })
export const BulkReplayView = named('DeadLettersReplay', t.Object({ replayed: t.Integer(), left }))
export const BulkRemovalView = named('DeadLettersRemoval', t.Object({ removed: t.Integer(), left }))
export const WholeDeadLetterView = named(
  'WholeDeadLetter',
  t.Object({
    ...letter,
    exchange: t.String(),
    routing_key: t.String(),
    body: t.String({ description: 'The message as it was sent' }),
  }),
)

export const deadLetterView = (
  { id, queue, type, reason, attempts, failed_at, aggregate, order_id }: DeadLetter,
  now: Date,
): Static<typeof DeadLetterView> => ({
  id,
  queue,
  type,
  reason,
  attempts,
  failed_at,
  age_seconds: failed_at === null ? null : Math.max(0, Math.round((now.getTime() - Date.parse(failed_at)) / 1000)),
  ...(aggregate && { aggregate }),
  ...(order_id !== undefined && { order_id }),
})
