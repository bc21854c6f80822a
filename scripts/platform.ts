import { join } from 'node:path'
import { type Environment, settings } from '#shared/config'
import { released, type ServiceName } from '#shared/platform'
import { prepareServices } from './executable'
import { startGateway } from './gateway'
import { anyFreePort, portsFrom, requireFreePorts, servicePort } from './ports'
import { serviceUrl } from './provision'
import type { Secrets } from './secrets'
import { startMongo } from './servers/mongo'
import { overSocket, startMysql } from './servers/mysql'
import { obtain, requirements } from './servers/obtain'
import { programs } from './servers/programs'
import { startRabbitmq } from './servers/rabbitmq'
import { startRedis } from './servers/redis'
import type { Server } from './servers/server'
import { serviceEnvironment } from './service-environment'
import { startService } from './service-process'
import type { StackOptions } from './stack'
import { preparePages } from './web/pages'

export type Servers = { mysql: string; mongo: string; redis: string; rabbitmq: string }
export type ServerName = keyof Servers

/** Where carts are: in a Redis of their own if the settings name one. */
export const cartRedis = (redis: string, env: Environment = process.env) => settings(env).optional('CART_REDIS_URL') ?? redis

/** Starts a process, restarts it when it crashes, and returns its address. */
type Run = (start: () => Promise<Server>) => Promise<string>

/** The address of each server: the configured one, or that of a private instance. */
export async function startServers(
  { dir, portBase, env, install, report, withPlatform, interrupted }: StackOptions,
  secrets: Secrets,
  run: Run,
): Promise<Servers> {
  const configured = settings(env)
  const urlOf = (name: ServerName) => configured.optional(requirements[name].setting)
  const own = (['mysql', 'mongo', 'redis', 'rabbitmq'] as const).filter(name => !urlOf(name))
  await obtain(withPlatform ? [...own, 'nginx'] : own, { install, report, interrupted })

  const ports = portsFrom(portBase)
  requireFreePorts(
    own.map(name => ({ name: requirements[name].title, port: ports[name], setting: `PORT_BASE, or set ${requirements[name].setting}` })),
  )
  const at = (name: ServerName) => ({ dir: join(dir, name), port: ports[name] })
  const starts = {
    rabbitmq: () => startRabbitmq(at('rabbitmq')),
    mysql: () => startMysql({ ...at('mysql'), password: secrets.MYSQL_PASSWORD }),
    mongo: () => startMongo(at('mongo')),
    redis: () => startRedis(at('redis')),
  }
  const address = async (name: ServerName) => {
    const url = urlOf(name)
    if (!url) return run(starts[name])
    report(`${name.padEnd(10)} is the server that ${requirements[name].setting} names`)
    return url
  }
  const [mysql, mongo, redis, rabbitmq] = await waitForAll([address('mysql'), address('mongo'), address('redis'), address('rabbitmq')])
  return { mysql, mongo, redis, rabbitmq }
}

type Runs = { service: Run; gateway: Run }

/** Starts all released services and the gateway, and returns the gateway's address. */
export async function startPlatform(options: StackOptions, servers: Servers, secrets: Secrets, run: Runs) {
  const { dir, portBase, onLog, env, instances = {} } = options
  const gatewayPort = options.gatewayPort ?? portsFrom(portBase).gateway
  const all = released.flatMap(service =>
    Array.from({ length: instances[service] ?? 1 }, (_, index) => ({
      service,
      name: index === 0 ? service : `${service}-${index + 1}`,
      port: index === 0 ? servicePort(portBase, service) : anyFreePort(),
    })),
  )
  requireFreePorts([
    { name: 'the gateway', port: gatewayPort, setting: 'GATEWAY_PORT' },
    ...all.map(({ name, port }) => ({ name, port, setting: 'PORT_BASE' })),
  ])
  const upstreams = Object.fromEntries(
    released.map(service => [service, all.filter(one => one.service === service).map(({ port }) => `127.0.0.1:${port}`)]),
  )
  const [pages, executable] = await waitForAll([preparePages(options.report), prepareServices(dir, options.report)])
  const gateway = () =>
    startGateway({
      dir: join(dir, 'nginx'),
      port: gatewayPort,
      upstreams,
      settings: { WEB_DIR: pages, ...env },
      program: programs.nginx(),
      onLine: text => onLog('nginx', text),
    })
  const environment = (service: ServiceName) => localEnvironment(service, { ...options, gatewayPort }, servers, secrets)
  const [url] = await waitForAll([
    run.gateway(gateway),
    ...all.map(one => run.service(() => startService({ ...one, executable, onLog, env: environment(one.service) }))),
  ])
  return url
}

/** The environment of a service in the local stack. */
export const localEnvironment = (
  service: ServiceName,
  { dir, portBase, gatewayPort, env }: Pick<StackOptions, 'dir' | 'portBase' | 'gatewayPort' | 'env'>,
  servers: Servers,
  secrets: Secrets,
): Environment => {
  const mysqlUrl = serviceUrl(servers.mysql, secrets, service)
  const isOwnMysql = !env.MYSQL_URL && !env.MYSQL_URL_FILE
  const gateway = `http://127.0.0.1:${gatewayPort ?? portsFrom(portBase).gateway}`
  return serviceEnvironment(service, env, {
    ...secrets,
    ...{ PORT_BASE: `${portBase}`, HOST: '127.0.0.1', SEED_DEMO: env.SEED_DEMO ?? '1' },
    ...(service === 'notification' && {
      SHOP_URL: env.SHOP_URL ?? gateway,
      API_URL: env.API_URL ?? gateway,
      SANDBOX_SHOWS_SECRETS: env.SANDBOX_SHOWS_SECRETS ?? '1',
    }),
    ...{ MYSQL_URL: isOwnMysql ? overSocket(mysqlUrl, join(dir, 'mysql')) : mysqlUrl, MONGO_URL: servers.mongo },
    ...{ REDIS_URL: servers.redis, RABBITMQ_URL: servers.rabbitmq },
  })
}

/** Like `Promise.all`, but waits for all even if one fails: a process can only be stopped once it has started. */
export async function waitForAll<T extends readonly Promise<unknown>[]>(promises: readonly [...T]) {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}
