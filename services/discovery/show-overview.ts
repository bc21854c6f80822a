import type { Log } from '#shared/log'
import type { HealthCheck } from './check-health'
import type { DiscoveryClients } from './clients'
import type { MetricSamples } from './metric-samples'
import type { Instances } from './repository'

interface Deps {
  checkHealth: HealthCheck
  instances: Pick<Instances, 'all'>
  samples: Pick<MetricSamples, 'last' | 'watch'>
  clients: Pick<DiscoveryClients, 'paymentProvider'>
  log: Pick<Log, 'warn'>
}

/** Every service and instance at this moment, with the figures of the last sample. While they cannot be had, the health is shown alone. */
export const showOverview = ({ checkHealth, instances, samples, clients, log }: Deps) => {
  let provider: string | undefined
  /** Whether payments are played by the sandbox. It stays so while payment runs, and unknown is no. */
  const isSandbox = async () => {
    provider ??= await clients.paymentProvider().catch(() => undefined)
    return provider === 'sandbox'
  }
  return async () => {
    const [{ status, services }, live, sample, sandbox] = await Promise.all([
      checkHealth(),
      instances.all(),
      samples.last().catch(error => {
        log.warn({ err: error }, 'the last sample cannot be read: the overview shows no figures')
        return undefined
      }),
      isSandbox(),
      samples.watch().catch(() => undefined),
    ])
    const registered = new Map(
      Object.values(live)
        .flat()
        .map(instance => [instance.address, instance]),
    )
    return {
      status,
      sandbox,
      sampled_at: sample ? new Date(sample.at).toISOString() : null,
      services: services.map(service => ({
        name: service.name,
        status: service.status,
        // Its last figures are of when it still ran.
        figures: service.status === 'down' ? null : (sample?.services[service.name] ?? null),
        handled: service.status === 'down' ? {} : (sample?.handled[service.name] ?? {}),
        instances: service.instances.map(instance => {
          const { id, started_at } = registered.get(instance.address) ?? {}
          return {
            ...instance,
            id: id ?? null,
            started_at: started_at ?? null,
            figures: (instance.state !== 'down' && id && sample?.instances[id]) || null,
          }
        }),
      })),
    }
  }
}
