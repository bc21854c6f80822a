import { afterAll, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { testSql } from '#shared/testing'
import { hour, minute } from '#shared/time'
import type { PromotionDb } from './database'
import { promotionDrift } from './drift'
import * as migrations from './migrations'

const { sql, drop } = await testSql<PromotionDb>({ migrations, poolSize: 1 })
afterAll(drop)
const { db } = sql

/** How many rows the only connection has read so far. */
const rowsRead = async () => {
  const { rows } = await raw<{ Value: string }>`show session status like 'Handler_read%'`.execute(db)
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
}

test('drift reads each use of the campaigns of its window once, and none of the others', async () => {
  const terms = { kind: 'percentage', value: 1, buy_quantity: 0, get_quantity: 0, currency: 'USD', minimum: 0, code: null } as const
  const unlimited = { starts_at: null, ends_at: null, category_ids: null, total_limit: null, per_user_limit: null, deleted_at: null }
  const campaign = (id: number, used: number, used_at: Date) => {
    return { id, name: 'Sale', ...terms, ...unlimited, automatic: true, public: true, categories: '[]', product_ids: '[]', used, used_at }
  }
  const [now, before] = [new Date(), new Date(Date.now() - hour)]
  await db
    .insertInto('campaigns')
    .values([campaign(1, 400, now), campaign(2, 399, now), campaign(3, 1, before)])
    .execute()
  const uses = [1, 2, 3].flatMap(campaign_id =>
    Array.from({ length: 400 }, (_, n) => ({ order_id: n + 1, campaign_id, user_id: (n % 200) + 1, code: null, amount: 1 })),
  )
  await db.insertInto('redemption_uses').values(uses).execute()
  const users = [1, 2, 3].flatMap(campaign_id => Array.from({ length: 200 }, (_, n) => ({ campaign_id, user_id: n + 1, used: 2 })))
  await db.insertInto('user_uses').values(users).execute()

  const read = await rowsRead()
  const { limits } = await promotionDrift(sql)(new Date(Date.now() - minute), new Date(Date.now() + minute))
  expect(limits).toEqual({ count: 1, examples: ['2'] })
  expect((await rowsRead()) - read).toBeLessThan(2 * (400 + 200) + 50)
})
