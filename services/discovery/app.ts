import { type DiscoveryDeps, platformRoutes, registryRoutes } from './routes'

export const discoveryApp = (deps: DiscoveryDeps) =>
  deps.http('').use(platformRoutes(deps)).use(registryRoutes(deps, '/api/discovery')).use(registryRoutes(deps, ''))
export type DiscoveryApi = ReturnType<typeof discoveryApp>
