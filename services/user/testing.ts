import { sql as raw } from 'kysely'
import { createInternalIdentity, createKeySource, createTokenVerifier } from '#shared/auth'
import { createHttp } from '#shared/http'
import { createLog } from '#shared/log'
import type { ServiceName } from '#shared/platform'
import type { Redis } from '#shared/redis'
import { startRevocationList } from '#shared/revocations'
import { sender, testRedis, testSql } from '#shared/testing'
import { userApp } from './app'
import type { UserClients } from './clients'
import { compose } from './compose'
import { auditSchemaOf, type UserDb } from './database'
import * as migrations from './migrations'

const internalKey = 'an internal key that only tests know of'
export const testDataKey = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`

/** The service on real stores, with its own signing keys, cheap password hashes and a clock that a test can advance. */
export const testUsers = async (
  { dataHolders = [], openOrders = async () => 0 }: Partial<UserClients> = {},
  firstKeys = testDataKey('one'),
) => {
  const [mysql, corner] = await Promise.all([testSql<UserDb>({ service: 'user', migrations }), testRedis()])
  const { sql } = mysql
  const auditSchema = await auditSchemaOf(sql.db)
  const { redis } = corner
  let aheadMs = 0
  const failures: string[] = []
  const warnings: unknown[] = []
  const quiet = createLog('user', 'silent')
  const log = { ...quiet, warn: (fields: unknown) => void warnings.push(fields) }
  const clients = { dataHolders, openOrders }

  /** Another instance on the same stores. */
  const instance = async (dataKeys = firstKeys, reached: Redis = redis) => {
    const clock = () => new Date(Date.now() + aheadMs)
    const service = compose({ sql, auditSchema, redis: reached, clients, log, dataKeys, clock, hashCost: { memoryCost: 64, timeCost: 1 } })
    await service.keys.ensureKey()
    const revocations = startRevocationList(redis, quiet)
    const http = createHttp({
      service: 'user',
      verify: createTokenVerifier(
        createKeySource(async () => service.keys.published()),
        revocations.has,
      ),
      identity: createInternalIdentity('user', internalKey),
      observe: () => {},
      log: { error: (fields, message) => void failures.push(`${message} ${Bun.inspect(fields)}`), warn: () => {} },
      draining: () => false,
    })
    const app = userApp({ http, ...service })
    return { ...service, app, call: caller(app), close: revocations.close }
  }
  const first = await instance()

  const signUp = async (username: string, more: object = {}) => {
    const person = { email: `${username}@example.com`, username, password: 'a long password', full_name: 'Some Body', ...more }
    const { body } = await first.call('POST', '/api/users/register', { body: person })
    return { ...person, id: Number(body.id) }
  }
  const logIn = async (person: { email: string; password: string }) => {
    const { body } = await first.call('POST', '/api/users/login', { body: { email: person.email, password: person.password } })
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }

  return {
    ...first,
    sql,
    auditSchema,
    redis,
    /** What was logged as an error: nothing, unless a test provokes it. */
    failures,
    warnings,
    instance,
    signUp,
    logIn,
    /** Advances the clock. */
    pass: (ms: number) => {
      aheadMs += ms
    },
    url: mysql.url,
    now: () => Date.now() + aheadMs,
    admin: async () => {
      await first.managedAccounts.ensureAdmin('root@example.com', 'the admin password')
      return logIn({ email: 'root@example.com', password: 'the admin password' })
    },
    asService: async (service: ServiceName) => await createInternalIdentity(service, internalKey).tokenFor('user'),
    /** The events of a type that wait in the outbox, oldest first. */
    async published(type: string) {
      const messages = await mysql.published(type)
      return messages.map(({ aggregate, data }) => ({
        aggregate,
        data: data as { user_id: number; token_id?: string; warning_id?: string },
      }))
    },
    async drop() {
      await first.close()
      await raw`drop database ${raw.id(auditSchema)}`.execute(sql.db)
      await Promise.all([mysql.drop(), corner.drop()])
    },
  }
}
export type TestUsers = Awaited<ReturnType<typeof testUsers>>

interface Sent {
  body?: unknown
  token?: string | undefined
  /** The client's address, as the gateway adds it behind whatever the client claimed. */
  from?: string
  headers?: Record<string, string>
}
const caller = (app: Parameters<typeof sender>[0]) => {
  const send = sender(app)
  return async (method: string, path: string, { body, token, from, headers }: Sent = {}) => {
    const answer = await send(method, path, body, {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(from && { 'x-forwarded-for': `192.0.2.1, ${from}` }),
      ...headers,
    })
    return { ...answer, body: (answer.body ?? {}) as Record<string, unknown> }
  }
}
