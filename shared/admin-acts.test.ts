import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Kysely, sql as raw } from 'kysely'
import { adminActRoute } from './admin-acts'
import { conflict } from './errors'
import { idempotently } from './idempotency'
import { createAudit } from './kernel/audit'
import { idempotentlyInMongo } from './mongo-idempotency'
import { IdParam, t } from './schema'
import { sender, testClients, testHttp, testMongo, testSql } from './testing'

type Transaction = <T>(work: () => Promise<T>) => Promise<T>
interface Store {
  transaction: Transaction
  /** Does `work` in a transaction that also stores its answer under the key. */
  once(key: string): Promise<unknown>
  published(): Promise<{ data: unknown }[]>
  drop(): Promise<unknown>
}
const stores: Record<'sql' | 'mongo', () => Promise<Store>> = {
  async sql() {
    const { sql, published, drop } = await testSql()
    const once = (key: string) =>
      idempotently(sql, { scope: '7 POST', key, body: {} }, save => sql.transaction(trx => save(trx, { status: 200, body: { ok: true } })))
    return { transaction: sql.transaction, once, published: () => published('admin.acted'), drop }
  },
  async mongo() {
    const { mongo, published, drop } = await testMongo()
    const once = (key: string) =>
      idempotentlyInMongo(mongo, { scope: '7 POST', key, body: {} }, save =>
        mongo.transaction(async session => {
          const answer = { status: 200, body: { ok: true } }
          await save(session, answer)
          return answer
        }),
      )
    return { transaction: mongo.transaction, once, published: () => published('admin.acted'), drop }
  },
}

describe.each(['sql', 'mongo'] as const)('an administrator’s write with an outbox in %s', kind => {
  let store: Store
  let shop: Awaited<ReturnType<typeof testHttp>>
  let ask: ReturnType<typeof sender>
  beforeAll(async () => {
    store = await stores[kind]()
    const audit = createAudit(() => {
      throw new Error('a service with an outbox calls no other service')
    })
    audit.useOutbox(() => store.transaction(async () => undefined))
    shop = await testHttp('order', { audit })
    let tries = 0
    const answered = { response: { 200: t.Object({ ok: t.Boolean() }) } }
    const app = shop
      .http('/things')
      .post('/:id/once', () => store.transaction(async () => ({ ok: true })), { auth: 'admin', params: IdParam, ...answered })
      .post('/:id/own', () => store.transaction(async () => ({ ok: true })), { auth: true, params: IdParam, ...answered })
      .post(
        '/:id/twice',
        async () => {
          await Promise.all([store.transaction(async () => undefined), store.transaction(async () => undefined)])
          return { ok: true }
        },
        { auth: 'admin', params: IdParam, ...answered },
      )
      .post('/:id/keyed', () => store.once('key-1').then(() => ({ ok: true })), { auth: 'admin', params: IdParam, ...answered })
      .delete('/:id', () => ({ ok: true }), { auth: 'admin', params: IdParam, ...answered })
      .get('/:id', () => store.transaction(async () => ({ ok: true })), { auth: 'admin', params: IdParam, ...answered })
      .post(
        '/:id/refused',
        () =>
          store.transaction(async (): Promise<{ ok: boolean }> => {
            throw conflict('refused', 'No.')
          }),
        { auth: 'admin', params: IdParam, ...answered },
      )
      .post(
        '/:id/again',
        async () => {
          await store.transaction(() => Promise.reject(new Error('the first time'))).catch(() => tries++)
          return store.transaction(async () => ({ ok: tries === 1 }))
        },
        { auth: 'admin', params: IdParam, ...answered },
      )
    ask = sender(app)
  })
  afterAll(() => store.drop())

  const acted = async (method: string, path: string, by: Record<string, string>) => {
    const before = (await store.published()).length
    const { status } = await ask(method, path, method === 'GET' ? undefined : {}, { ...by, 'x-request-id': 'r-1' })
    return { status, acts: (await store.published()).slice(before).map(({ data }) => data) }
  }
  const act = (action: string) => ({ user_id: 7, action, target: { id: '5' }, request_id: 'r-1' })

  test('is published once by the transaction that does it, also by one of several or after one that failed', async () => {
    const admin = await shop.as(7, 'admin')
    for (const route of ['once', 'twice', 'again', 'own'])
      expect(await acted('POST', `/things/5/${route}`, admin)).toEqual({ status: 200, acts: [act(`POST /things/:id/${route}`)] })
  })
  test('is not published again when its first answer is replayed', async () => {
    const admin = await shop.as(7, 'admin')
    expect((await acted('POST', '/things/5/keyed', admin)).acts).toEqual([act('POST /things/:id/keyed')])
    expect(await acted('POST', '/things/5/keyed', admin)).toEqual({ status: 200, acts: [] })
  })
  test('is published by a transaction of its own if it needed none', async () => {
    expect(await acted('DELETE', '/things/5', await shop.as(7, 'admin'))).toEqual({ status: 200, acts: [act('DELETE /things/:id')] })
  })
  test('is not published when it was refused, and neither is a read nor what a customer does', async () => {
    const admin = await shop.as(7, 'admin')
    expect(await acted('POST', '/things/5/refused', admin)).toEqual({ status: 409, acts: [] })
    expect(await acted('POST', '/things/nonsense/once', admin)).toEqual({ status: 400, acts: [] })
    expect(await acted('GET', '/things/5', admin)).toEqual({ status: 200, acts: [] })
    expect(await acted('POST', '/things/5/own', await shop.as(8))).toEqual({ status: 200, acts: [] })
    expect(await acted('POST', '/things/5/once', await shop.as(8))).toEqual({ status: 403, acts: [] })
  })
})

describe('a write outside of a transaction', () => {
  interface ThingsDb {
    things: { id: number }
  }
  const _001 = { up: async (db: Kysely<unknown>) => void (await raw`create table things (id int primary key)`.execute(db)) }
  let store: Awaited<ReturnType<typeof testSql<ThingsDb>>>
  beforeAll(async () => {
    store = await testSql<ThingsDb>({ migrations: { _001 } })
  })
  afterAll(() => store.drop())

  test('is refused on a route for administrators, unless the entry is committed before; elsewhere it is not', async () => {
    const { db, transaction } = store.sql
    const shop = await testHttp('order')
    const answered = { params: IdParam, response: { 200: t.Object({ ok: t.Boolean() }) } }
    const add = async (id: number) => {
      await db.insertInto('things').values({ id }).execute()
      return { ok: true }
    }
    const app = shop
      .http('/things')
      .post('/:id', ({ params }) => add(params.id), { auth: 'admin', ...answered })
      .post('/:id/after', ({ params }) => transaction(async () => {}).then(() => add(params.id)), { auth: 'admin', ...answered })
      .post('/:id/own', ({ params }) => add(params.id), { auth: true, ...answered })
    const ask = sender(app, { by: await shop.as(7, 'admin') })
    expect((await ask('POST', '/things/1', {})).status).toBe(500)
    expect(shop.failures.join()).toContain('needs a transaction')
    expect((await ask('POST', '/things/2/after', {})).status).toBe(200)
    expect((await ask('POST', '/things/3/own', {})).status).toBe(200)
    await add(4)
    expect(await db.selectFrom('things').select('id').orderBy('id').execute()).toEqual([{ id: 2 }, { id: 3 }, { id: 4 }])
  })
})

describe('an administrator’s write without an outbox', () => {
  const entered: object[] = []
  let done = 0
  let user: Awaited<ReturnType<typeof testClients>>
  let ask: ReturnType<typeof sender>
  let admin: Record<string, string>
  beforeAll(async () => {
    const { http, asService } = await testHttp('user')
    const internalToken = async () => (await asService('discovery')).authorization.replace('Bearer ', '')
    user = await testClients({ user: adminActRoute({ http, record: async act => void entered.push(act) }) }, internalToken)
    const shop = await testHttp('discovery', { audit: createAudit(user.client) })
    admin = { ...(await shop.as(7, 'admin')), 'x-request-id': 'r-2' }
    const response = { 200: t.Object({ ok: t.Boolean() }) }
    ask = sender(
      shop.http('/things').delete(
        '/:id',
        () => {
          done++
          return { ok: true }
        },
        { auth: 'admin', params: IdParam, response },
      ),
    )
  })
  afterAll(() => user.stop())

  test('is sent to the user service before it is done', async () => {
    expect((await ask('DELETE', '/things/5', {}, admin)).status).toBe(200)
    expect(entered).toEqual([{ user_id: 7, action: 'DELETE /things/:id', target: { id: '5' }, request_id: 'r-2' }])
  })
  test('is not done while the user service is down', async () => {
    user.down.add('user')
    expect((await ask('DELETE', '/things/5', {}, admin)).status).toBe(503)
    expect(done).toBe(1)
  })
})
