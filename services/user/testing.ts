import { createInternalIdentity, createKeySource, createTokenVerifier } from '#shared/auth'
import { createHttp } from '#shared/http'
import { createLog } from '#shared/log'
import type { ServiceName } from '#shared/platform'
import type { Redis } from '#shared/redis'
import { startRevocationList } from '#shared/revocations'
import { sender, testRedis, testSql } from '#shared/testing'
import { userApp } from './app'
import type { UserDb } from './database'
import * as migrations from './migrations'
import type { Holder } from './personal-data'
import { createUsers } from './users'

const internalKey = 'an internal key that only tests know of'
export const testDataKey = (id: string) => `${id}:${Buffer.alloc(32, id).toString('base64')}`

interface Options {
  holders?: Holder[]
  openOrders?: (userId: number) => Promise<number>
}

/** The service on real stores, with cheap passwords and a clock that can be turned. Its own keys sign and check tokens. */
export const testUsers = async ({ holders = [], openOrders = async () => 0 }: Options = {}) => {
  const [mysql, corner] = await Promise.all([testSql<UserDb>({ service: 'user', migrations }), testRedis()])
  const { sql } = mysql
  const { redis } = corner
  let aheadMs = 0
  const failures: string[] = []
  const log = createLog('user', 'silent')

  /** Another instance on the same stores. */
  const instance = async (dataKeys = testDataKey('one'), reached: Redis = redis) => {
    const clock = () => new Date(Date.now() + aheadMs)
    const users = createUsers({ sql, redis: reached, log, dataKeys, holders, openOrders, clock, hashCost: { memoryCost: 64, timeCost: 1 } })
    await users.keys.open()
    const revocations = startRevocationList(redis, log)
    const http = createHttp({
      service: 'user',
      verify: createTokenVerifier(
        createKeySource(async () => users.keys.published()),
        revocations.has,
      ),
      identity: createInternalIdentity('user', internalKey),
      observe: () => {},
      log: { error: (fields, message) => void failures.push(`${message} ${Bun.inspect(fields)}`), warn: () => {} },
      draining: () => false,
    })
    const app = userApp({ http, ...users })
    return { ...users, app, call: caller(app), close: revocations.close }
  }
  const first = await instance()

  const signUp = async (username: string, more: object = {}) => {
    const person = { email: `${username}@example.com`, username, password: 'a long password', full_name: 'Some Body', ...more }
    const { body } = await first.call('POST', '/api/users/register', { body: person })
    return { ...person, id: Number(body.id) }
  }
  const logIn = async (who: { email: string; password: string }) => {
    const { body } = await first.call('POST', '/api/users/login', { body: { email: who.email, password: who.password } })
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }

  return {
    ...first,
    sql,
    redis,
    failures,
    instance,
    signUp,
    logIn,
    /** Turns the clock on for good. */
    pass: (ms: number) => {
      aheadMs += ms
    },
    now: () => Date.now() + aheadMs,
    admin: async () => {
      await first.manager.ensureAdmin('root@example.com', 'the admin password')
      return logIn({ email: 'root@example.com', password: 'the admin password' })
    },
    asService: async (service: ServiceName) => await createInternalIdentity(service, internalKey).tokenFor('user'),
    /** The events of a kind that wait in the outbox, oldest first. */
    async published(type: string) {
      const rows = await sql.kernel.selectFrom('outbox').select('body').where('type', '=', type).orderBy('id').execute()
      return rows.map(
        row => JSON.parse(row.body) as { aggregate: { id: string; version: number }; data: { user_id: number; token_id?: string } },
      )
    },
    async drop() {
      await first.close()
      await Promise.all([mysql.drop(), corner.drop()])
    },
  }
}
export type TestUsers = Awaited<ReturnType<typeof testUsers>>

interface Sent {
  body?: unknown
  token?: string | undefined
  from?: string
}
const caller = (app: Parameters<typeof sender>[0]) => {
  const ask = sender(app)
  return async (method: string, path: string, { body, token, from }: Sent = {}) => {
    const answer = await ask(method, path, body, { ...(token && { authorization: `Bearer ${token}` }), ...(from && { 'x-real-ip': from }) })
    return { ...answer, body: (answer.body ?? {}) as Record<string, unknown> }
  }
}
