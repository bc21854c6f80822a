import type { DeadLetters } from '#shared/bus-dead-letters'
import { invalid, notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { t } from '#shared/schema'
import { released } from '#shared/services'
import { driftReport, healthOf, overall } from './domain'
import type { DriftCheck } from './drift'
import {
  DeadLetterParam,
  DeadLettersView,
  DriftQuery,
  DriftView,
  deadLetterView,
  HealthView,
  QueueQuery,
  ServiceParam,
  ServicesView,
  ServiceView,
  serviceView,
  WholeDeadLetterView,
} from './model'
import { type Registry, stateOf } from './repository'

export interface DiscoveryDeps {
  http: Http
  registry: Registry
  deadLetters: DeadLetters
  checkDrift: DriftCheck
}

const minute = 60_000
/** Events younger than this may still be on their way. */
const settleMs = 5000

const windowOf = ({ from, to }: { from?: string; to?: string }, now: Date) => {
  const until = to ? new Date(to) : new Date(now.getTime() - settleMs)
  const since = from ? new Date(from) : new Date(until.getTime() - 15 * minute)
  if (since >= until) throw invalid('invalid_window', '`from` must be before `to`; without `to`, before five seconds ago.')
  return { from: since, to: until }
}

/** The registry, under the public path and, on the service's own port, as `/services`. */
export const registryRoutes = <const Prefix extends string>({ http, registry }: Pick<DiscoveryDeps, 'http' | 'registry'>, prefix: Prefix) =>
  http(prefix)
    .get(
      '/services',
      async () => {
        const all = await registry.all()
        return { services: Object.entries(all).map(([name, instances]) => serviceView(name, instances)) }
      },
      { public: true, response: { 200: ServicesView }, detail: { summary: 'Every service with its live instances' } },
    )
    .get('/services/:name', async ({ params: { name } }) => serviceView(name, await registry.of(name)), {
      public: true,
      params: ServiceParam,
      response: { 200: ServiceView },
      detail: { summary: 'The live instances of one service' },
    })

export const platformRoutes = ({ http, registry, deadLetters, checkDrift }: DiscoveryDeps) =>
  http('/api/discovery')
    .get(
      '/health',
      async ({ set }) => {
        const all = await registry.all()
        const services = await Promise.all(
          released.map(async name => {
            const instances = await Promise.all((all[name] ?? []).map(stateOf))
            return { name, status: healthOf(instances), instances }
          }),
        )
        const status = overall(services)
        if (status === 'down') {
          set.status = 503
          set.headers['retry-after'] = '5'
        }
        return { status, checked_at: new Date().toISOString(), services }
      },
      {
        public: true,
        response: { 200: HealthView, 503: HealthView },
        detail: {
          summary: 'Every service and what it depends on',
          description: '503 when a service of this release has no live instance.',
        },
      },
    )
    .get(
      '/drift',
      async ({ query }) => {
        const now = new Date()
        const { from, to } = windowOf(query, now)
        return driftReport({ from: from.toISOString(), to: to.toISOString() }, now, await checkDrift({ from, to }))
      },
      {
        auth: 'admin',
        query: DriftQuery,
        response: { 200: DriftView },
        detail: { summary: 'Where services disagree about what happened in a window; all zero when quiet' },
      },
    )
    .get(
      '/dead-letters',
      async ({ query }) => {
        const now = new Date()
        const queues = await deadLetters.list(query)
        return { queues: queues.map(({ queue, count, items }) => ({ queue, count, items: items.map(item => deadLetterView(item, now)) })) }
      },
      {
        auth: 'admin',
        query: QueueQuery,
        response: { 200: DeadLettersView },
        detail: { summary: 'Messages that could not be handled: the oldest of each queue, with reason and age' },
      },
    )
    .get(
      '/dead-letters/:queue/:id',
      async ({ params: { queue, id } }) => {
        const found = await deadLetters.get(queue, id)
        if (!found) throw notFound('dead_letter')
        const { exchange, routing_key, body } = found
        return { ...deadLetterView(found, new Date()), exchange, routing_key, body }
      },
      { auth: 'admin', params: DeadLetterParam, response: { 200: WholeDeadLetterView }, detail: { summary: 'One dead letter, whole' } },
    )
    .post(
      '/dead-letters/:queue/:id/replay',
      async ({ params: { queue, id } }) => {
        if (!(await deadLetters.replay(queue, id))) throw notFound('dead_letter')
        return { replayed: true as const }
      },
      {
        auth: 'admin',
        params: DeadLetterParam,
        response: { 200: t.Object({ replayed: t.Literal(true) }) },
        detail: { summary: 'Give a message back to its queue, with all attempts before it' },
      },
    )
    .delete(
      '/dead-letters/:queue/:id',
      async ({ params: { queue, id }, set }) => {
        if (!(await deadLetters.remove(queue, id))) throw notFound('dead_letter')
        set.status = 204
      },
      { auth: 'admin', params: DeadLetterParam, response: { 204: t.Void() }, detail: { summary: 'Give a dead letter up for good' } },
    )
