import type { DeadLetters } from '#shared/bus'
import type { Http } from '#shared/http'
import type { DiscoveryService } from './compose'
import { deadLetterRoutes } from './dead-letter-routes'
import { platformRoutes, registryRoutes } from './routes'

export const discoveryApp = (deps: DiscoveryService & { http: Http; deadLetters: DeadLetters }) =>
  deps
    .http('')
    .use(platformRoutes(deps))
    .use(deadLetterRoutes(deps))
    .use(registryRoutes(deps, '/api/discovery'))
    .use(registryRoutes(deps, ''))
export type DiscoveryApi = ReturnType<typeof discoveryApp>
