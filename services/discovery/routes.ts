import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import { driftReport, windowOf } from './domain'
import type { DriftCheck } from './drift'
import { DriftQuery, DriftView, HealthView, ServiceParam, ServicesView, ServiceView, serviceView } from './model'
import type { HealthCheck, Registry } from './repository'

interface Deps {
  http: Http
  registry: Registry
  checkHealth: HealthCheck
  checkDrift: DriftCheck
}

/** The registry, under the public path and, on the service's own port, as `/services`. */
export const registryRoutes = <const Prefix extends string>({ http, registry }: Pick<Deps, 'http' | 'registry'>, prefix: Prefix) =>
  http(prefix)
    .get(
      '/services',
      async () => {
        const all = await registry.all()
        return { services: Object.entries(all).map(([name, instances]) => serviceView(name, instances)) }
      },
      { public: true, response: { 200: ServicesView }, detail: { summary: 'Every service with its live instances' } },
    )
    .get(
      '/services/:name',
      async ({ params: { name } }) => {
        const instances = await registry.of(name)
        if (!instances) throw notFound('service')
        return serviceView(name, instances)
      },
      {
        public: true,
        params: ServiceParam,
        response: { 200: ServiceView },
        detail: { summary: 'The live instances of one service' },
      },
    )

export const platformRoutes = ({ http, checkHealth, checkDrift }: Omit<Deps, 'registry'>) =>
  http('/api/discovery')
    .get(
      '/health',
      async ({ set }) => {
        const { status, services } = await checkHealth()
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
        const window = windowOf(query, now)
        return driftReport(window, now, await checkDrift(window))
      },
      {
        auth: 'admin',
        query: DriftQuery,
        response: { 200: DriftView },
        detail: { summary: 'Where services disagree about what happened in a window; all zero when quiet' },
      },
    )
