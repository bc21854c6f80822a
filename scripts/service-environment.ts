import type { Environment } from '#shared/config'
import { type ServiceName, serviceInfo, serviceNames } from '#shared/platform'

/** What a service alone reads: its settings, its secrets, and the address of its store. */
const ownOf = (name: ServiceName): readonly string[] => {
  const { store, settings = [], secrets = [] } = serviceInfo(name)
  return [...settings, ...secrets, `${store.toUpperCase()}_URL`]
}

/** Every service keeps sessions, locks or its registration in Redis, whatever its own store is. */
const shared = ['INTERNAL_KEY', 'REDIS_URL', 'RABBITMQ_URL']

/** What the launcher, the compose files and the tests read for themselves. */
const ofNoService =
  /^(MYSQL_PASSWORD|MYSQL_ROOT_PASSWORD|RABBITMQ_PASSWORD|GRAFANA_PASSWORD|TEST_(MYSQL|MONGO|REDIS|RABBITMQ)_URL|SECRETS_DIR)$/

const reserved = new Set([...shared, ...serviceNames.flatMap(ownOf)])

const without = (env: Environment, isForeign: (name: string) => boolean): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !isForeign(name.replace(/_FILE$/, ''))))

/** The environment of a process that is none of the services: the machine's, with no secret or address of the shop. */
export const serverEnvironment = (env: Environment = process.env): Environment =>
  without(env, name => reserved.has(name) || ofNoService.test(name))

/**
 * The environment of one service: the launcher's own, with `values` over it, but for what belongs to other services or to the launcher.
 * A file that the environment names for one of the values loses against the value.
 */
export function serviceEnvironment(service: ServiceName, env: Environment, values: Environment): Environment {
  const own = new Set([...shared, ...ownOf(service)])
  const files = Object.keys(values).map(name => [`${name}_FILE`, undefined])
  const all = { ...env, ...Object.fromEntries(files), ...values }
  return without(all, name => (reserved.has(name) && !own.has(name)) || ofNoService.test(name))
}
