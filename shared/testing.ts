import type { Mongo, MongoOptions } from './mongo'
import type { StoreLog } from './outbox'
import type { Sql, SqlOptions } from './sql'

/** Waits until `check` stops throwing and stops answering false or undefined, and gives what it answered. */
export const eventually = async <T>(check: () => T | Promise<T>, { timeoutMs = 5000, everyMs = 10 } = {}): Promise<NonNullable<T>> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let last: unknown = 'it never became true'
    try {
      const value = await check()
      if (value !== false && value !== undefined && value !== null) return value
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw last instanceof Error ? last : new Error(`waited ${timeoutMs} ms: ${last}`)
    await Bun.sleep(everyMs)
  }
}

const quiet: StoreLog = { info() {}, warn() {}, error() {} }
const testName = () => `test_${crypto.randomUUID().slice(0, 13).replace('-', '')}`
const testUrl = (name: 'TEST_MYSQL_URL' | 'TEST_MONGO_URL'): string => {
  const url = process.env[name]
  if (!url) throw new Error(`${name} is not set: \`bun run test\` sets it`)
  return url
}

/** A schema of its own on the test server. `open` opens it as another instance would. */
export const testSql = async <Db>(options: Partial<SqlOptions> = {}) => {
  const [{ openSql }, { createConnection }] = await Promise.all([import('./sql'), import('mysql2/promise')])
  const server = testUrl('TEST_MYSQL_URL')
  const name = testName()
  const asAdmin = async (statement: string) => {
    const admin = await createConnection(server)
    await admin.query(statement)
    await admin.end()
  }
  await asAdmin(`create database ${name}`)
  const url = Object.assign(new URL(server), { pathname: name }).href
  const opened: Sql<Db>[] = []
  const open = async (more: Partial<SqlOptions> = {}) => {
    const sql = await openSql<Db>({ url, service: 'order', migrations: {}, log: quiet, ...options, ...more })
    opened.push(sql)
    return sql
  }
  return {
    sql: await open(),
    url,
    open,
    async drop() {
      await Promise.all(opened.map(sql => sql.close()))
      await asAdmin(`drop database ${name}`)
    },
  }
}

/** A database of its own on the test server. `open` opens it as another instance would. */
export const testMongo = async (options: Partial<MongoOptions> = {}) => {
  const { openMongo } = await import('./mongo')
  const url = testUrl('TEST_MONGO_URL')
  const database = testName()
  const opened: Mongo[] = []
  const open = async (more: Partial<MongoOptions> = {}) => {
    const mongo = await openMongo({ url, service: 'product', database, indexes: {}, log: quiet, ...options, ...more })
    opened.push(mongo)
    return mongo
  }
  const mongo = await open()
  return {
    mongo,
    url,
    database,
    open,
    async drop() {
      await mongo.db.dropDatabase()
      await Promise.all(opened.map(one => one.close()))
    },
  }
}
