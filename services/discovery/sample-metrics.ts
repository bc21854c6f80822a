import type { DiscoveryClients } from './clients'
import { figuresBetween, handledBetween, type Reading, together } from './domain-metrics'
import type { MetricSamples } from './metric-samples'
import type { Instances } from './repository'

interface Deps {
  instances: Pick<Instances, 'all'>
  clients: Pick<DiscoveryClients, 'readingOf'>
  samples: Pick<MetricSamples, 'isDue' | 'last' | 'add'>
  clock: () => Date
}

/** Reads what every live instance has counted, when a sample is due. An instance that does not answer is left out. */
export const sampleMetrics =
  ({ instances, clients, samples, clock }: Deps) =>
  async () => {
    if (!(await samples.isDue())) return
    const [live, before] = await Promise.all([instances.all(), samples.last()])
    const at = clock().getTime()
    const all = Object.entries(live).flatMap(([service, ones]) => ones.map(({ id, address }) => ({ service, id, address })))
    const readings: Record<string, Reading> = {}
    await Promise.all(
      all.map(async ({ id, address }) => {
        const reading = await clients.readingOf(address)
        if (reading) readings[id] = reading
      }),
    )
    const seconds = before ? (at - before.at) / 1000 : 0
    const pairs = all.flatMap(({ service, id }) => {
      const [from, to] = [before?.readings[id], readings[id]]
      return from && to && seconds > 0 ? [{ service, id, from, to }] : []
    })
    const services = [...new Set(pairs.map(({ service }) => service))].map(service => {
      const own = pairs.filter(pair => pair.service === service)
      return { service, from: together(own.map(({ from }) => from)), to: together(own.map(({ to }) => to)) }
    })
    await samples.add({
      at,
      readings,
      instances: Object.fromEntries(pairs.map(({ id, from, to }) => [id, figuresBetween(from, to, seconds)])),
      services: Object.fromEntries(services.map(({ service, from, to }) => [service, figuresBetween(from, to, seconds)])),
      handled: Object.fromEntries(services.map(({ service, from, to }) => [service, handledBetween(from, to, seconds)])),
    })
  }
