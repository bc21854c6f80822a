import { join } from 'node:path'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import { released, type ServiceName } from '#shared/platform'
import { eventually } from '#shared/testing'
import { executableIn } from '../../scripts/executable'
import { localEnvironment, waitForAll } from '../../scripts/platform'
import { anyFreePort, servicePort } from '../../scripts/ports'
import { startMongo } from '../../scripts/servers/mongo'
import { startMysql } from '../../scripts/servers/mysql'
import { startRabbitmq } from '../../scripts/servers/rabbitmq'
import { startRedis } from '../../scripts/servers/redis'
import type { Server } from '../../scripts/servers/server'
import { testEnvironment } from '../../scripts/service-environment'
import { startService } from '../../scripts/service-process'
import { startStack } from '../../scripts/stack'
import { readState } from '../../scripts/state'
import { shopAt } from '../shop'

const starts = { rabbitmq: startRabbitmq, mysql: startMysql, mongo: startMongo, redis: startRedis }
export type ServerName = keyof typeof starts

/** A platform on servers of its own, which the test stops, kills and starts. */
export const startPlatform = async (name: string, portBase: number) => {
  const dir = join(Bun.env.TEST_DATA_DIR ?? '/tmp', name)
  const ports = { rabbitmq: portBase + 672, mysql: portBase + 306, mongo: portBase + 17, redis: portBase + 379 }
  const servers = new Map<ServerName, Server>()
  const startServer = async (server: ServerName) => {
    servers.set(server, await starts[server]({ dir: join(dir, 'servers', server), port: ports[server] }))
  }
  const names = Object.keys(starts) as ServerName[]
  const stopServers = () => Promise.all([...servers.values()].map(server => server.stop()))
  await waitForAll(names.map(startServer)).catch(async error => {
    await stopServers()
    throw error
  })
  const url = (server: ServerName) => servers.get(server)!.url
  const log: string[] = []
  const stackDir = join(dir, 'stack')
  const env = {
    ...testEnvironment(),
    ...{ MYSQL_URL: url('mysql'), MONGO_URL: url('mongo'), REDIS_URL: url('redis'), RABBITMQ_URL: url('rabbitmq') },
    CLAIM_MS: '5000',
  }
  const onLog = (service: string, line: string) => void log.push(`${service} ${line}`)
  const startServices = ({ fresh }: { fresh: boolean }) =>
    startStack({
      dir: stackDir,
      portBase,
      fresh,
      install: false,
      withPlatform: true,
      report: line => void log.push(line),
      onLog,
      interrupted: new AbortController().signal,
      env,
    })
  let stack = await startServices({ fresh: true }).catch(async error => {
    await stopServers()
    throw error
  })
  const { ADMIN_EMAIL, ADMIN_PASSWORD } = stack.secrets
  return {
    shop: shopAt(stack.gateway, { email: ADMIN_EMAIL, password: ADMIN_PASSWORD }),
    log,
    /** Kills its process, and resolves once the launcher has started it again and it is ready. */
    async crashService(service: ServiceName) {
      const pid = () => readState(stackDir)?.members.find(({ name }) => name === service)?.pid
      const before = pid()
      if (before === undefined) throw new Error(`${service} does not run`)
      process.kill(before, 'SIGKILL')
      await eventually(() => ![before, undefined].includes(pid()), { timeoutMs: 60_000, everyMs: 50 })
    },
    killServer: (server: ServerName) => servers.get(server)!.kill(),
    stopServer: (server: ServerName) => servers.get(server)!.stop(),
    startServer,
    /** The addresses of the servers, with administrators' logins. */
    places: () => ({ mysql: url('mysql'), mongo: url('mongo'), redis: url('redis'), carts: url('redis'), rabbitmq: url('rabbitmq') }),
    /** Stops the services and the gateway; the servers stay. */
    stopServices: () => stack.stop(),
    async startServices() {
      stack = await startServices({ fresh: false })
    },
    /** The services whose `/ready` a probe would count as failed. */
    async unready(): Promise<string[]> {
      const probe = (service: ServiceName) =>
        fetch(`http://127.0.0.1:${servicePort(portBase, service)}/ready`, { signal: AbortSignal.timeout(3000) }).then(
          ({ ok }) => ok,
          () => false,
        )
      const answers = await Promise.all(released.map(async service => ({ service, ok: await probe(service) })))
      return answers.filter(({ ok }) => !ok).map(({ service }) => service)
    },
    /** Starts one more instance, which the gateway does not know, and resolves once it is ready. */
    startInstance: (service: ServiceName) =>
      startService({
        executable: executableIn(stackDir),
        service,
        name: `${service}-more`,
        port: anyFreePort(),
        onLog,
        env: localEnvironment(service, { dir: stackDir, portBase, env }, stack.servers, stack.secrets),
      }),
    /** The number of messages in the outboxes of all MySQL schemas. */
    async unsent(): Promise<number> {
      const pool = createPool({ uri: url('mysql') })
      try {
        const [schemas] = await pool.query<RowDataPacket[]>(
          "select table_schema as name from information_schema.tables where table_name = 'outbox'",
        )
        let rows = 0
        for (const { name: schema } of schemas) {
          const [[counted]] = await pool.query<RowDataPacket[]>(`select count(*) as count from \`${schema}\`.outbox`)
          rows += Number(counted?.count)
        }
        return rows
      } finally {
        await pool.end()
      }
    },
    async stop() {
      await stack.stop()
      await stopServers()
    },
  }
}
export type Platform = Awaited<ReturnType<typeof startPlatform>>
