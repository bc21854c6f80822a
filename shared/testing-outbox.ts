import { Type as t } from '@sinclair/typebox'
import { sql as raw } from 'kysely'
import { type Draft, defineEvent, defineTimer, type Message, type Publish } from './event'
import type { Mongo } from './mongo'
import { mongoOutbox } from './mongo/outbox'
import type { Backlog, OutboxStore, Outcome, OutgoingMessage, Publisher } from './outbox'
import type { GroupOptions } from './outbox/groups'
import type { Arrival } from './outbox/inbox'
import type { RelayPorts, RelayTimes } from './outbox/relay'
import type { Notices } from './redis'
import type { Sql } from './sql'
import { sqlOutbox } from './sql/outbox'
import { eventually, messageOf, testMongo, testSql } from './testing'

/** What the tests of the outbox and the inbox need: both stores behind one interface, and a broker behind the relay's port. */

export const counted = defineEvent('order.counted', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ n: t.Integer() }),
})
export const unconsumed = defineEvent('order.unconsumed', { from: 'order', to: [], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
export const other = defineEvent('order.other', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ n: t.Integer() }),
})
export const alarm = defineTimer('order.alarm', { owner: 'order', aggregate: 'order', terms: ['short'], data: t.Object({}) })
export const topology = [counted, unconsumed, other, alarm]

/** What both stores offer. Effects are rows of a table, so that tests can count them. */
export interface Instance {
  transaction<T>(work: (publish: Publish, effect: (name: string) => Promise<unknown>) => Promise<T>): Promise<T>
  once(id: string, work: (publish: Publish, effect: (name: string) => Promise<unknown>) => Promise<unknown>): Promise<unknown>
  onceMany(
    handleAll: (arrivals: readonly Arrival<number>[], effect: (...names: string[]) => Promise<unknown>) => Promise<unknown>,
    options?: GroupOptions<number>,
  ): (id: string, n?: number) => Promise<void>
  beginStopping(): void
  effects(): Promise<number>
  backlog(): Promise<Backlog>
  relaying(): boolean
  /** The lease, as an operator's script takes it. */
  lease: Pick<OutboxStore<never>, 'seize' | 'release'>
  /** The numbers of the oldest rows, without some numbers and types. */
  unsent(limit: number, exceptNumbers: number[], exceptTypes: string[]): Promise<number[]>
  close(): Promise<void>
}
export type Relay = RelayPorts & RelayTimes
export interface Store {
  /** An expression with which a child process opens the same database. */
  childSource: string
  open(relay?: Relay): Promise<Instance>
  drop(): Promise<void>
}

export const numberOf = ({ body }: { body: string }): number => JSON.parse(body).data.n
const numbersIn =
  <Id extends string | number>({ unsent }: Pick<OutboxStore<Id>, 'unsent'>): Instance['unsent'] =>
  async (limit, exceptNumbers, exceptTypes) => {
    const except = (await unsent(1000, [], [])).filter(row => exceptNumbers.includes(numberOf(row)))
    return (
      await unsent(
        limit,
        except.map(({ id }) => id),
        exceptTypes,
      )
    ).map(numberOf)
  }

const message = (id: string) => messageOf(counted({ id: 1, version: 1 }, { n: 1 }), { id })

interface EffectsDb {
  effects: { name: string }
}
const migrations = { _001: { up: (db: Sql<EffectsDb>['db']) => raw`create table effects (name varchar(50))`.execute(db).then(() => {}) } }
const overSql = (sql: Sql<EffectsDb>): Instance => ({
  transaction: work => sql.transaction((trx, publish) => work(publish, name => trx.insertInto('effects').values({ name }).execute())),
  once: (id, work) => sql.once({ id }, (trx, publish) => work(publish, name => trx.insertInto('effects').values({ name }).execute())),
  onceMany: (handleAll, options) => {
    const handle = sql.onceMany<number>(async (trx, arrivals) => {
      await handleAll(arrivals, (...names) =>
        trx
          .insertInto('effects')
          .values(names.map(name => ({ name })))
          .execute(),
      )
    }, options)
    return (id, n = 1) => handle(message(id), n)
  },
  beginStopping: sql.beginStopping,
  effects: async () => (await sql.db.selectFrom('effects').select('name').execute()).length,
  backlog: sql.backlog,
  relaying: sql.relaying,
  lease: sqlOutbox(sql.kernel),
  unsent: numbersIn(sqlOutbox(sql.kernel)),
  close: sql.close,
})
const overMongo = (mongo: Mongo): Instance => ({
  transaction: work =>
    mongo.transaction((session, publish) => work(publish, name => mongo.collection('effects').insertOne({ name }, { session }))),
  once: (id, work) =>
    mongo.once({ id }, (session, publish) => work(publish, name => mongo.collection('effects').insertOne({ name }, { session }))),
  onceMany: (handleAll, options) => {
    const handle = mongo.onceMany<number>(async (session, arrivals) => {
      await handleAll(arrivals, (...names) =>
        mongo.collection('effects').insertMany(
          names.map(name => ({ name })),
          { session },
        ),
      )
    }, options)
    return (id, n = 1) => handle(message(id), n)
  },
  beginStopping: mongo.beginStopping,
  effects: () => mongo.collection('effects').countDocuments(),
  backlog: mongo.backlog,
  relaying: mongo.relaying,
  lease: mongoOutbox(mongo.db),
  unsent: numbersIn(mongoOutbox(mongo.db)),
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

/** A broker behind the relay's port. */
export const broker = () => {
  const got: OutgoingMessage[] = []
  let down = false
  let answer: (message: OutgoingMessage) => Outcome = () => 'confirmed'
  const bus: Publisher = {
    async publish(messages) {
      if (down) return messages.map(() => 'failed')
      const outcomes = messages.map(message => answer(message))
      got.push(...messages.filter((_, i) => outcomes[i] === 'confirmed'))
      return outcomes
    },
  }
  return {
    bus,
    got,
    goesDown: (now: boolean) => {
      down = now
    },
    answers: (next: typeof answer) => {
      answer = next
    },
    numbers: () => got.map(message => (JSON.parse(message.body) as Message<{ n: number }>).data.n),
  }
}
/** Connects instances as siblings, as Redis does. */
export const wire = (): Notices => {
  const listeners = new Set<(text: string) => void>()
  return {
    tell(text) {
      for (const listener of listeners) listener(text)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
export const drafts = (n: number): Draft[] => upTo(n).map(i => counted({ id: 1, version: i + 1 }, { n: i }))

/** Opens instances of one database. `closeAll` closes those that a test started. */
export const openStore = async (make: () => Promise<Store>) => {
  const store = await make()
  const instances: Instance[] = []
  return {
    childSource: store.childSource,
    async start(relay?: Partial<Relay> & Pick<Relay, 'bus'>) {
      const instance = await store.open(relay && { pollMs: 100, leaseMs: 1500, ...relay })
      instances.push(instance)
      return instance
    },
    closeAll: () => Promise.all(instances.splice(0).map(instance => instance.close())),
    drop: store.drop,
  }
}
export const emptied = (instance: Instance) => eventually(async () => (await instance.backlog()).count === 0)
