import type { Environment } from '#shared/config'
import { type ServiceName, serviceInfo, serviceNames } from '#shared/platform'

/** The settings and secrets that only this service reads, and the address of its store. */
const ownOf = (name: ServiceName): readonly string[] => {
  const { store, settings = [], secrets = [] } = serviceInfo(name)
  return [...settings, ...secrets, `${store.toUpperCase()}_URL`]
}

/** Every service uses Redis and RabbitMQ, whatever its own store is. */
const shared = ['INTERNAL_KEY', 'REDIS_URL', 'RABBITMQ_URL']

/** Settings that the launcher, the compose files and the tests read, and no service. */
const ofNoService =
  /^(MYSQL_PASSWORD|MYSQL_ROOT_PASSWORD|RABBITMQ_PASSWORD|GRAFANA_PASSWORD|TEST_(MYSQL|MONGO|REDIS|RABBITMQ)_URL|SECRETS_DIR)$/

const reserved = new Set([...shared, ...serviceNames.flatMap(ownOf)])

const without = (env: Environment, isForeign: (name: string) => boolean): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !isForeign(name.replace(/_FILE$/, ''))))

/** The environment of a database, the broker or Nginx: the launcher's own without any secret or address of the shop. */
export const serverEnvironment = (env: Environment = process.env): Environment =>
  without(env, name => reserved.has(name) || ofNoService.test(name))

/** What gateway/prepare.sh reads besides the address that it listens on. */
const ofGateway =
  /^((AUTH_|GUEST_CART_)?RATE_(LIMIT|BURST)|UPSTREAM_TIMEOUT|GATEWAY_WORKERS|CORS_ORIGINS|TRUSTED_PROXIES|TLS_(CERT|KEY)|PUBLIC_HOST|WEB_DIR)$/

const unlimited = '100000'

/**
 * The environment of a stack for tests: without what a developer has set for a shop of his own, whose payment provider, mail server or certificate tests
 * must not use, and with rate limits that they do not reach.
 */
export const testEnvironment = (env: Environment = process.env): Environment => ({
  ...without(serverEnvironment(env), name => ofGateway.test(name)),
  ...{ RATE_LIMIT: unlimited, RATE_BURST: unlimited, AUTH_RATE_LIMIT: unlimited, AUTH_RATE_BURST: unlimited },
  ...{ GUEST_CART_RATE_LIMIT: unlimited, GUEST_CART_RATE_BURST: unlimited, WRONG_CODES_LIMIT: unlimited },
})

/**
 * The environment of one service: the launcher's own and `values`, without what belongs to other services or to the launcher. A value takes
 * precedence over a file that the environment names for the same setting.
 */
export function serviceEnvironment(service: ServiceName, env: Environment, values: Environment): Environment {
  const own = new Set([...shared, ...ownOf(service)])
  const files = Object.keys(values).map(name => [`${name}_FILE`, undefined])
  const all = { ...env, ...Object.fromEntries(files), ...values }
  return without(all, name => (reserved.has(name) && !own.has(name)) || ofNoService.test(name))
}
