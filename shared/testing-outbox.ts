import { Type as t } from '@sinclair/typebox'
import { sql as raw } from 'kysely'
import { type Draft, defineEvent, defineTimer, type Message, type Publish } from './event'
import type { Mongo } from './mongo'
import type { OutgoingMessage, Publisher, Siblings, Waiting } from './outbox'
import type { RelayPorts, RelayTimes } from './outbox/relay'
import type { Sql } from './sql'
import { eventually, testMongo, testSql } from './testing'

/** Both stores behind one face, and a broker at the other side of the relay's port: what the outbox and the inbox are tried with. */

export const counted = defineEvent('order.counted', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ n: t.Integer() }),
})
export const whispered = defineEvent('order.whispered', { from: 'order', to: [], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
export const alarm = defineTimer('order.alarm', { owner: 'order', aggregate: 'order', terms: ['short'], data: t.Object({}) })
export const topology = [counted, whispered, alarm]

/** What both stores offer, with one effect to see: rows in `effects`. */
export interface Instance {
  transaction<T>(work: (publish: Publish, effect: (name: string) => Promise<unknown>) => Promise<T>): Promise<T>
  once(id: string, work: (publish: Publish, effect: (name: string) => Promise<unknown>) => Promise<unknown>): Promise<unknown>
  effects(): Promise<number>
  waiting(): Promise<Waiting>
  relaying(): boolean
  close(): Promise<void>
}
export type Relay = RelayPorts & RelayTimes
export interface Store {
  /** For a child process, which opens the same database. */
  childSource: string
  open(relay?: Relay): Promise<Instance>
  drop(): Promise<void>
}

interface EffectsDb {
  effects: { name: string }
}
const migrations = { _001: { up: (db: Sql<EffectsDb>['db']) => raw`create table effects (name varchar(50))`.execute(db).then(() => {}) } }
const overSql = (sql: Sql<EffectsDb>): Instance => ({
  transaction: work => sql.transaction((trx, publish) => work(publish, name => trx.insertInto('effects').values({ name }).execute())),
  once: (id, work) => sql.once({ id }, (trx, publish) => work(publish, name => trx.insertInto('effects').values({ name }).execute())),
  effects: async () => (await sql.db.selectFrom('effects').select('name').execute()).length,
  waiting: sql.waiting,
  relaying: sql.relaying,
  close: sql.close,
})
const overMongo = (mongo: Mongo): Instance => ({
  transaction: work =>
    mongo.transaction((session, publish) => work(publish, name => mongo.collection('effects').insertOne({ name }, { session }))),
  once: (id, work) =>
    mongo.once({ id }, (session, publish) => work(publish, name => mongo.collection('effects').insertOne({ name }, { session }))),
  effects: () => mongo.collection('effects').countDocuments(),
  waiting: mongo.waiting,
  relaying: mongo.relaying,
  close: mongo.close,
})

export const stores: Record<string, () => Promise<Store>> = {
  MySQL: async () => {
    const { url, open, drop } = await testSql<EffectsDb>({ migrations })
    const childSource = `(await import('#shared/sql')).openSql({ url: '${url}', service: 'order', migrations: { _001: { up() {} } }, log: console, relay })`
    return { childSource, open: async relay => overSql(await open(relay ? { relay } : {})), drop }
  },
  MongoDB: async () => {
    const { url, database, open, drop } = await testMongo()
    const childSource = `(await import('#shared/mongo')).openMongo({ url: '${url}', database: '${database}', service: 'product', indexes: {}, log: console, relay })`
    return { childSource, open: async relay => overMongo(await open(relay ? { relay } : {})), drop }
  },
}

/** A broker at the other side of the relay's port. */
export const broker = () => {
  const got: OutgoingMessage[] = []
  let away = false
  let answer: (message: OutgoingMessage) => 'confirmed' | 'unroutable' | 'failed' = () => 'confirmed'
  const bus: Publisher = {
    async ping() {
      if (away) throw new Error('away')
    },
    async publish(messages) {
      if (away) return messages.map(() => 'failed')
      const outcomes = messages.map(message => answer(message))
      got.push(...messages.filter((_, i) => outcomes[i] === 'confirmed'))
      return outcomes
    },
  }
  return {
    bus,
    got,
    goesAway: (now: boolean) => {
      away = now
    },
    answers: (next: typeof answer) => {
      answer = next
    },
    numbers: () => got.map(message => (JSON.parse(message.body) as Message<{ n: number }>).data.n),
  }
}
/** Two instances that hear each other, as over Redis. */
export const wire = () => {
  const listeners = new Set<() => void>()
  const siblings: Siblings = {
    notify: () => {
      for (const listener of listeners) listener()
    },
    onNotified(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return siblings
}
export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
export const drafts = (n: number): Draft[] => upTo(n).map(i => counted({ id: 1, version: i + 1 }, { n: i }))

/** Opens instances of one database, and closes those of the test before. */
export const openStore = async (make: () => Promise<Store>) => {
  const store = await make()
  const instances: Instance[] = []
  return {
    childSource: store.childSource,
    async start(relay?: Partial<Relay> & Pick<Relay, 'bus'>) {
      const instance = await store.open(relay && { topology, pollMs: 100, leaseMs: 1500, ...relay })
      instances.push(instance)
      return instance
    },
    closeAll: () => Promise.all(instances.splice(0).map(instance => instance.close())),
    drop: store.drop,
  }
}
export const emptied = (instance: Instance) => eventually(async () => (await instance.waiting()).count === 0)
