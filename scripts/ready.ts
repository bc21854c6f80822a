import { settings } from '#shared/config'
import { released, type ServiceName, services } from '#shared/platform'

/** A container's health check: succeeds if every service in the container is ready. */
const { text, integer } = settings()
const name = text('SERVICE', 'all')
const portOf = (service: ServiceName) => integer('PORT_BASE', 8000) + services[service].port - 8000
const ports =
  name === 'all' ? released.map(portOf) : released.filter(service => service === name).map(service => integer('PORT', portOf(service)))
const ready = async (port: number) => (await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(3000) })).ok
const states = await Promise.all(ports.map(port => ready(port).catch(() => false)))
process.exit(states.length > 0 && states.every(Boolean) ? 0 : 1)
