import { afterAll, beforeEach, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { testSql } from '#shared/testing'
import { day, hour, minute, second } from '#shared/time'
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
const uses = 400
const users = 200
const now = new Date()
const before = new Date(now.getTime() - hour)

const check = async (at = now) => {
  const read = await rowsRead()
  const { limits } = await promotionDrift(sql)(new Date(now.getTime() - minute), new Date(now.getTime() + minute), at)
  return { limits, read: (await rowsRead()) - read }
}
const right = { count: 0, examples: [] }
const wrong = (...ids: number[]) => ({ count: ids.length, examples: ids.map(String) })

/** Of each campaign, the uses of the first two users are in the window. */
const store = async (campaigns: Record<number, Date>) => {
  const terms = { kind: 'percentage', value: 1, buy_quantity: 0, get_quantity: 0, currency: 'USD', minimum: 0, code: null } as const
  const unlimited = { starts_at: null, ends_at: null, category_ids: null, total_limit: null, per_user_limit: null, deleted_at: null }
  const fixed = { name: 'Sale', ...terms, ...unlimited, automatic: true, public: true, categories: '[]', product_ids: '[]', used: uses }
  for (const [key, used_at] of Object.entries(campaigns)) {
    const campaign_id = Number(key)
    await db
      .insertInto('campaigns')
      .values({ id: campaign_id, ...fixed, used_at })
      .execute()
    const held = Array.from({ length: uses }, (_, n) => ({ order_id: n + 1, campaign_id, user_id: (n % users) + 1, code: null, amount: 1 }))
    await db.insertInto('redemption_uses').values(held).execute()
    const byUsers = Array.from({ length: users }, (_, n) => {
      return { campaign_id, user_id: n + 1, used: uses / users, used_at: n < 2 ? used_at : before }
    })
    await db.insertInto('user_uses').values(byUsers).execute()
  }
}
beforeEach(async () => {
  for (const table of ['campaigns', 'redemption_uses', 'user_uses'] as const) await db.deleteFrom(table).execute()
})
const fewRows = 60

test('drift counts all uses of a campaign of its window once, by index, and then those of the window’s users alone', async () => {
  await store({ 1: now, 2: before })
  const first = await check()
  expect(first.limits).toEqual(right)
  expect(first.read).toBeGreaterThan(uses)
  expect(first.read).toBeLessThan(uses + users + fewRows)
  const second = await check()
  expect(second.limits).toEqual(right)
  expect(second.read).toBeLessThan(fewRows)
})

test('drift counts all again after a day, one campaign at a time', async () => {
  await store({ 1: now, 2: now })
  await check()
  const tomorrow = new Date(now.getTime() + day + 1)
  // What no user of the window has.
  await db.deleteFrom('redemption_uses').where('campaign_id', '=', 2).where('order_id', '=', 100).execute()
  expect((await check()).limits).toEqual(right)
  const [first, second, third] = [await check(tomorrow), await check(tomorrow), await check(tomorrow)]
  expect([first.limits, second.limits, third.limits]).toEqual([right, wrong(2), wrong(2)])
  for (const { read } of [first, second, third]) expect(read).toBeLessThan(uses + users + fewRows)
})

test('drift tells a wrong counter of a campaign until it is right', async () => {
  await store({ 1: now, 2: now })
  await check()
  await db.updateTable('campaigns').set({ used: 399 }).where('id', '=', 2).execute()
  for (let n = 0; n < 3; n++) expect((await check()).limits).toEqual(wrong(2))
  await db.updateTable('campaigns').set({ used: uses }).where('id', '=', 2).execute()
  expect((await check()).limits).toEqual(right)
  expect((await check()).read).toBeLessThan(fewRows)
})

test('drift tells a wrong counter of a user, also when the user’s last use is out of the window', async () => {
  await store({ 1: now, 2: now })
  await check()
  await db.updateTable('user_uses').set({ used: 1 }).where('campaign_id', '=', 1).where('user_id', '=', 2).execute()
  expect((await check()).limits).toEqual(wrong(1))
  await db.updateTable('user_uses').set({ used_at: before }).execute()
  expect((await check()).limits).toEqual(wrong(1))
})

test('drift tells a use of the window that is missing or too much', async () => {
  await store({ 1: now, 2: now })
  await check()
  await db.deleteFrom('redemption_uses').where('campaign_id', '=', 2).where('order_id', '=', 1).execute()
  await db.insertInto('redemption_uses').values({ order_id: 1001, campaign_id: 1, user_id: 1, code: null, amount: 1 }).execute()
  expect((await check()).limits.examples.toSorted()).toEqual(['1', '2'])
})

test('drift finds nothing wrong with uses that an instance of an earlier release counted', async () => {
  await store({ 1: now })
  await check()
  await db
    .updateTable('campaigns')
    .set({ used: uses + 1 })
    .where('id', '=', 1)
    .execute()
  await db.insertInto('redemption_uses').values({ order_id: 1001, campaign_id: 1, user_id: 3, code: null, amount: 1 }).execute()
  await db.updateTable('user_uses').set({ used: 3 }).where('campaign_id', '=', 1).where('user_id', '=', 3).execute()
  const later = [1, 2].map(seconds => check(new Date(now.getTime() + seconds * second)))
  for (const { limits } of await Promise.all(later)) expect(limits).toEqual(right)
  const { used, counted } = await db.selectFrom('campaigns').select(['used', 'counted']).executeTakeFirstOrThrow()
  expect(counted).toBe(used)
})
