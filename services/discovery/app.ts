import type { DeadLetters } from '#shared/bus'
import type { Http } from '#shared/http'
import { deadLetterRoutes } from './dead-letter-routes'
import type { DriftCheck } from './drift'
import type { HealthCheck, Registry } from './repository'
import { platformRoutes, registryRoutes } from './routes'

interface Deps {
  http: Http
  registry: Registry
  checkHealth: HealthCheck
  checkDrift: DriftCheck
  deadLetters: DeadLetters
}

export const discoveryApp = (deps: Deps) =>
  deps
    .http('')
    .use(platformRoutes(deps))
    .use(deadLetterRoutes(deps))
    .use(registryRoutes(deps, '/api/discovery'))
    .use(registryRoutes(deps, ''))
export type DiscoveryApi = ReturnType<typeof discoveryApp>
