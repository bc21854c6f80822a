import { heapStats } from 'bun:jsc'
import { expect, test } from 'bun:test'
import type { MysqlPoolConnection } from 'kysely'
import { createSqlPool } from './pool'

test('a connection takes less than 100 KiB, since nothing keeps room for statements that are never prepared', async () => {
  const count = 20
  const { pool } = createSqlPool({ url: String(Bun.env.TEST_MYSQL_URL), size: count, acquireMs: 5000, queryMs: 5000 })
  const connect = () =>
    new Promise<MysqlPoolConnection>((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)))
    })
  const used = () => {
    Bun.gc(true)
    return heapStats().heapSize
  }
  const first = await connect()
  const before = used()
  const others = await Promise.all(Array.from({ length: count - 1 }, connect))
  const each = (used() - before) / others.length
  for (const connection of [first, ...others]) connection.release()
  await new Promise<void>(resolve => pool.end(() => resolve()))
  expect(each).toBeLessThan(100 * 1024)
})
