import { join } from 'node:path'
import { settings } from '#shared/config'
import { released, type ServiceName } from '#shared/platform'
import { startGateway } from './gateway'
import { anyFreePort, demandFree, portsFrom, servicePort } from './ports'
import { serviceUrl } from './provision'
import type { Secrets } from './secrets'
import { startMongo } from './servers/mongo'
import { startMysql } from './servers/mysql'
import { obtain, wanted } from './servers/obtain'
import { programs } from './servers/programs'
import { startRabbitmq } from './servers/rabbitmq'
import { startRedis } from './servers/redis'
import type { Server } from './servers/server'
import { startService } from './service-process'
import type { StackOptions } from './stack'

export type Servers = { mysql: string; mongo: string; redis: string; rabbitmq: string }
export type ServerName = keyof Servers

/** Starts one process, keeps it running, and answers its address. */
type Run = (start: () => Promise<Server>) => Promise<string>

/** Of each server the address that was given, or a private instance of our own. */
export async function startServers(
  { dir, portBase, env, install, tell, withPlatform }: StackOptions,
  secrets: Secrets,
  run: Run,
): Promise<Servers> {
  const given = settings(env)
  const urlOf = (name: ServerName) => given.optional(wanted[name].setting)
  const own = (['mysql', 'mongo', 'redis', 'rabbitmq'] as const).filter(name => !urlOf(name))
  await obtain(withPlatform ? [...own, 'nginx'] : own, { install, tell })

  const ports = portsFrom(portBase)
  demandFree(own.map(name => ({ name: wanted[name].title, port: ports[name], setting: `PORT_BASE, or give ${wanted[name].setting}` })))
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
    tell(`${name.padEnd(10)} is the one that ${wanted[name].setting} names`)
    return url
  }
  const [mysql, mongo, redis, rabbitmq] = await together([address('mysql'), address('mongo'), address('redis'), address('rabbitmq')])
  return { mysql, mongo, redis, rabbitmq }
}

type Runs = { service: Run; gateway: Run }

/** All released services and the gateway in front of them; the answer is the gateway's address. */
export async function startPlatform(options: StackOptions, servers: Servers, secrets: Secrets, run: Runs) {
  const { dir, portBase, line, env, instances = {} } = options
  const gatewayPort = options.gatewayPort ?? portsFrom(portBase).gateway
  const all = released.flatMap(service =>
    Array.from({ length: instances[service] ?? 1 }, (_, index) => ({
      service,
      name: index === 0 ? service : `${service}-${index + 1}`,
      port: index === 0 ? servicePort(portBase, service) : anyFreePort(),
    })),
  )
  demandFree([
    { name: 'the gateway', port: gatewayPort, setting: 'GATEWAY_PORT' },
    ...all.map(({ name, port }) => ({ name, port, setting: 'PORT_BASE' })),
  ])
  const upstreams = Object.fromEntries(
    released.map(service => [service, all.filter(one => one.service === service).map(({ port }) => `127.0.0.1:${port}`)]),
  )
  const gateway = () =>
    startGateway({
      dir: join(dir, 'nginx'),
      port: gatewayPort,
      upstreams,
      settings: env,
      program: programs.nginx(),
      onLine: text => line('nginx', text),
    })
  const [url] = await together([
    run.gateway(gateway),
    ...all.map(one => run.service(() => startService({ ...one, line, env: serviceEnvironment(options, servers, secrets, one.service) }))),
  ])
  return url!
}

/** What a service is told. It gets no administrator's password, and a file that sets one of these for the launcher does not win over them. */
export function serviceEnvironment(
  { portBase, env }: Pick<StackOptions, 'portBase' | 'env'>,
  servers: Servers,
  secrets: Secrets,
  service: ServiceName,
) {
  const { INTERNAL_KEY, DATA_KEYS, ADMIN_EMAIL, ADMIN_PASSWORD } = secrets
  const own = {
    ...{ PORT_BASE: `${portBase}`, HOST: '127.0.0.1', INTERNAL_KEY, SEED_DEMO: '1' },
    ...{ MONGO_URL: servers.mongo, REDIS_URL: servers.redis, RABBITMQ_URL: servers.rabbitmq },
    MYSQL_URL: serviceUrl(servers.mysql, secrets, service),
    ...(service === 'user' ? { DATA_KEYS, ADMIN_EMAIL, ADMIN_PASSWORD } : {}),
  }
  const files = Object.fromEntries(Object.keys({ ...own, ...secrets }).map(name => [`${name}_FILE`, undefined]))
  return { ...env, ...files, ...own }
}

/** Waits for all even when one fails: what is still starting then can be stopped as well. */
export async function together<T extends readonly Promise<unknown>[]>(starts: readonly [...T]) {
  await Promise.allSettled(starts)
  return Promise.all(starts)
}
