import { join } from 'node:path'
import { type Environment, settings } from '#shared/config'
import { released, type ServiceName, services } from '#shared/platform'
import { mainOf, type Running } from './mains'
import { serviceUrl } from './provision'
import { secretsIn } from './secrets'
import { serviceEnvironment } from './service-environment'

/** Every released service in this one process, each on its own port: for a small machine or a trial. */

const stopTimeoutMs = 25_000

// With SECRETS_DIR, secrets that are not set are made there once; without it, each must be set.
const secretsDir = process.env.SECRETS_DIR
const secrets = secretsDir ? secretsIn(secretsDir) : undefined

const running: Running[] = []
let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), stopTimeoutMs).unref()
  const stopped = await Promise.allSettled(running.map(service => service.stop()))
  process.exit(stopped.every(({ status }) => status === 'fulfilled') ? 0 : 1)
}
/** Replaces each service's own handlers: the first service that has stopped would end the process of all. */
const handleSignals = () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).on(signal, stop)
}

const environment = (service: ServiceName): Environment => {
  const mysql = secrets && services[service].store === 'mysql'
  return serviceEnvironment(service, process.env, {
    ...secrets,
    PORT: undefined,
    ...(mysql && { MYSQL_URL: serviceUrl(settings().text('MYSQL_URL'), secrets, service) }),
  })
}

const began = performance.now()
handleSignals()
await Promise.all(
  released.map(async service => {
    try {
      const { start } = await mainOf(service)
      // A service that cannot start logs the reason and ends the process.
      running.push(await start(environment(service)))
      handleSignals()
    } catch (error) {
      console.error(`${service} could not be started:`, error)
      process.exit(1)
    }
  }),
)
console.log(`All ${released.length} services are ready (${((performance.now() - began) / 1000).toFixed(1)} s).`)
if (secrets) console.log(`The administrator is ${secrets.ADMIN_EMAIL}, the password in ${join(secretsDir ?? '', 'secrets.json')}.`)
