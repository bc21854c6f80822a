import amqp from 'amqplib'
import { RedisClient } from 'bun'
import { MongoClient } from 'mongodb'
import { createConnection } from 'mysql2/promise'
import { hasProgram, programs } from './programs'

/** The version that each server reports. Nginx has no such command, so the program's own is taken. */
export async function versionsOf(servers: { mysql: string; mongo: string; redis: string; rabbitmq: string }) {
  const [mysql, mongo, redis, rabbitmq] = await Promise.all([
    versionOfMysql(servers.mysql),
    versionOfMongo(servers.mongo),
    versionOfRedis(servers.redis),
    versionOfRabbitmq(servers.rabbitmq),
  ])
  const nginx = hasProgram('nginx') ? Bun.spawnSync([programs.nginx(), '-v']).stderr.toString() : ''
  return { MySQL: mysql, MongoDB: mongo, Redis: redis, RabbitMQ: rabbitmq, Nginx: /nginx\/(\S+)/.exec(nginx)?.[1] ?? 'none' }
}

/** Throws unless each version begins with the required one, as in "MySQL 9.7, Redis 8". */
export function requireVersions(found: Record<string, string>, required = '') {
  const each = [...required.matchAll(/(\w+) ([\d.]+)/g)].map(([, name = '', version = '']) => ({ name, version }))
  const wrong = each.filter(({ name, version }) => !`${found[name]}.`.startsWith(`${version}.`))
  if (wrong.length === 0) return
  const list = wrong.map(({ name, version }) => `${name} is ${found[name]}, ${version} is required`)
  throw new Error(`the servers have other versions than required: ${list.join('; ')}`)
}

async function versionOfMysql(url: string) {
  const connection = await createConnection(url)
  const [rows] = await connection.query('SELECT VERSION() AS version').finally(() => connection.end())
  return String(Object(rows)[0].version)
}

async function versionOfMongo(url: string) {
  const client = new MongoClient(url)
  const { version } = await client
    .db('admin')
    .command({ buildInfo: 1 })
    .finally(() => client.close())
  return String(version)
}

async function versionOfRedis(url: string) {
  const client = new RedisClient(url)
  const info = await client.send('INFO', ['server']).finally(() => client.close())
  return /redis_version:(\S+)/.exec(String(info))?.[1] ?? ''
}

async function versionOfRabbitmq(url: string) {
  const connection = await amqp.connect(url)
  await connection.close()
  return String(connection.connection.serverProperties.version)
}
