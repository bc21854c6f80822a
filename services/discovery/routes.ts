import { notFound } from '#shared/errors'
import type { Http } from '#shared/http'
import type { DiscoveryService } from './compose'
import { driftReport, windowOf } from './domain'
import { DriftQuery, DriftView, HealthView, ServiceParam, ServicesView, ServiceView, serviceView } from './model'

type RegistryDeps = Pick<DiscoveryService, 'instances'> & { http: Http }
type PlatformDeps = Pick<DiscoveryService, 'checkHealth' | 'checkDrift'> & { http: Http }

/** Mounted twice: under the public path, and as `/services` on the service's own port. */
export const registryRoutes = <const Prefix extends string>({ http, instances }: RegistryDeps, prefix: Prefix) =>
  http(prefix)
    .get(
      '/services',
      async () => {
        const all = await instances.all()
        return { services: Object.entries(all).map(([name, live]) => serviceView(name, live)) }
      },
      {
        public: true,
        response: { 200: ServicesView },
        detail: { operationId: 'listServices', summary: 'Every service with its live instances' },
      },
    )
    .get(
      '/services/:name',
      async ({ params: { name } }) => {
        const live = await instances.of(name)
        if (!live) throw notFound('service')
        return serviceView(name, live)
      },
      {
        public: true,
        params: ServiceParam,
        response: { 200: ServiceView },
        problems: ['service_not_found'],
        detail: { operationId: 'getService', summary: 'The live instances of one service' },
      },
    )

export const platformRoutes = ({ http, checkHealth, checkDrift }: PlatformDeps) =>
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
          operationId: 'getPlatformHealth',
          summary: 'The health of every service and of its dependencies',
          description: '503 when a service of this release has no live instance.',
        },
      },
    )
    .get(
      '/drift',
      async ({ query }) => {
        const now = new Date()
        const window = windowOf(query, now)
        const { checked, failed } = await checkDrift(window)
        // An empty report would look like one without drift.
        if (Object.keys(checked).length === 0) throw Object.values(failed)[0]
        return driftReport(window, now, checked)
      },
      {
        auth: 'admin',
        query: DriftQuery,
        response: { 200: DriftView },
        problems: ['invalid_period', 'invalid_window'],
        detail: {
          operationId: 'getDrift',
          summary: 'Where services disagree about what happened in a window; all zero when nothing is wrong',
          description: 'A relation is left out while a service that it compares does not answer.',
        },
      },
    )
