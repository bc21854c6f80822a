import { join } from 'node:path'
import type { Environment } from '#shared/config'
import { settings } from '#shared/config'
import { released, type ServiceName, services } from '#shared/platform'
import { root } from './install'
import { serviceUrl } from './provision'
import { type Secrets, secretsIn } from './secrets'

/** Every released service in this one process, each on its own port: what a small machine or a trial needs. */

type Running = { stop(): Promise<void> }
type Main = { start(env: Environment): Promise<Running> }

const stopWithinMs = 25_000

// With a folder for them, secrets that nobody gave are made there once; without, each must be given.
const secretsDir = process.env.SECRETS_DIR
const secrets = secretsDir ? secretsIn(secretsDir) : undefined

const running: Running[] = []
let stopping = false
const stop = async () => {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), stopWithinMs).unref()
  const ended = await Promise.allSettled(running.map(service => service.stop()))
  process.exit(ended.every(({ status }) => status === 'fulfilled') ? 0 : 1)
}
/** A service alone would end the process once it has stopped itself: here the last one does. */
const takeSignals = () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal).on(signal, stop)
}

/** What one service is told: the one process may know every secret, a service only gets its own. */
const environmentOf = (service: ServiceName): Environment => {
  const { DATA_KEYS, ADMIN_EMAIL, ADMIN_PASSWORD, ...others } = process.env
  const mine = service === 'user' ? { DATA_KEYS, ADMIN_EMAIL, ADMIN_PASSWORD } : {}
  return { ...others, ...mine, PORT: undefined, ...(secrets && made(secrets, service)) }
}
const made = (all: Secrets, service: ServiceName): Environment => ({
  INTERNAL_KEY: all.INTERNAL_KEY,
  INTERNAL_KEY_FILE: undefined,
  ...(service === 'user' && { DATA_KEYS: all.DATA_KEYS, ADMIN_EMAIL: all.ADMIN_EMAIL, ADMIN_PASSWORD: all.ADMIN_PASSWORD }),
  ...(services[service].store === 'mysql' && { MYSQL_URL: serviceUrl(settings().text('MYSQL_URL'), all, service) }),
})

const began = performance.now()
takeSignals()
await Promise.all(
  released.map(async service => {
    try {
      const { start }: Main = await import(join(root, 'services', service, 'main.ts'))
      // What keeps a service from starting it says itself, and ends the process.
      running.push(await start(environmentOf(service)))
      takeSignals()
    } catch (error) {
      console.error(`${service} could not be started:`, error)
      process.exit(1)
    }
  }),
)
console.log(`All ${released.length} services are ready (${((performance.now() - began) / 1000).toFixed(1)} s).`)
if (secrets) console.log(`The administrator is ${secrets.ADMIN_EMAIL}, the password in ${join(secretsDir ?? '', 'secrets.json')}.`)
