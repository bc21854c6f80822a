import type { DeadLetters } from '#shared/bus'
import type { Http } from '#shared/http'
import type { ControlRoom, DiscoveryService } from './compose'
import { controlRoutes } from './control-routes'
import { deadLetterRoutes } from './dead-letter-routes'
import { platformRoutes, registryRoutes } from './routes'

export const discoveryApp = (deps: DiscoveryService & ControlRoom & { http: Http; deadLetters: DeadLetters }) =>
  deps
    .http('')
    .use(platformRoutes(deps))
    .use(deadLetterRoutes(deps))
    .use(controlRoutes(deps))
    .use(registryRoutes(deps, '/api/discovery'))
    .use(registryRoutes(deps, ''))
export type DiscoveryApi = ReturnType<typeof discoveryApp>
