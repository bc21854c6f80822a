import { released } from '#shared/platform'
import type { DiscoveryClients } from './clients'
import { healthOf, overallHealth } from './domain'
import type { Instances } from './repository'

interface Deps {
  instances: Pick<Instances, 'all'>
  clients: Pick<DiscoveryClients, 'stateOf'>
}

/** The health of every released service. The route is public, so callers that ask at the same time share one check. */
export const checkHealth = ({ instances, clients }: Deps) => {
  const check = async () => {
    const live = await instances.all()
    const services = await Promise.all(
      released.map(async name => {
        const states = await Promise.all((live[name] ?? []).map(clients.stateOf))
        return { name, status: healthOf(states), instances: states }
      }),
    )
    return { status: overallHealth(services), services }
  }
  let running: ReturnType<typeof check> | undefined
  return () => {
    running ??= check().finally(() => {
      running = undefined
    })
    return running
  }
}
export type HealthCheck = ReturnType<typeof checkHealth>
