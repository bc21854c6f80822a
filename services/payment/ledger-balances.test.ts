import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testSql } from '#shared/testing'
import { hour, minute } from '#shared/time'
import type { PaymentDb } from './database'
import { ledgerBalances, sumUpLedger } from './ledger-balances'
import * as migrations from './migrations'

const { sql, drop } = await testSql<PaymentDb>({ migrations })
afterAll(drop)
const { db } = sql
const now = Date.now()

/** Books captures of 1.00 each. */
const book = async (ids: readonly number[], created_at: Date, currency = 'USD') => {
  const common = { provider: 'sandbox', provider_reference: '', currency, created_at }
  await db
    .insertInto('ledger_transactions')
    .values(ids.map(id => ({ id, reference: `capture:${id}`, payment_id: id, ...common })))
    .execute()
  const entry = (transaction_id: number, account: string, debit: number) => ({ transaction_id, account, debit, credit: 100 - debit })
  await db
    .insertInto('ledger_entries')
    .values(ids.flatMap(id => [entry(id, 'clearing:sandbox', 100), entry(id, 'sales', 0)]))
    .execute()
}
const balances = async () =>
  Object.fromEntries((await ledgerBalances(sql)).map(({ account, currency, balance }) => [`${account} ${currency}`, balance]))
const summedUpTo = async () => (await db.selectFrom('ledger_checkpoint').select('transaction_id').executeTakeFirstOrThrow()).transaction_id

const old = Array.from({ length: 300 }, (_, n) => n + 1)
beforeAll(async () => {
  await book(old, new Date(now - 2 * hour))
  await book([301, 302], new Date(now - minute))
  await book([303], new Date(now - minute), 'EUR')
})
const expected = { 'clearing:sandbox USD': 302, 'sales USD': -302, 'clearing:sandbox EUR': 1, 'sales EUR': -1 }

test('the balances are the same however much of the ledger was summed up before', async () => {
  expect(await balances()).toEqual(expected)
  await sumUpLedger(sql, new Date(now), 200)
  expect([await summedUpTo(), await balances()]).toEqual([200, expected])
  await sumUpLedger(sql, new Date(now), 200)
  await sumUpLedger(sql, new Date(now), 200)
  expect([await summedUpTo(), await balances()]).toEqual([300, expected])
})

test('what was summed up is not read again, and a booking that may still have company is not summed up', async () => {
  await sumUpLedger(sql, new Date(now))
  expect(await summedUpTo()).toBe(300)
  await db.deleteFrom('ledger_entries').where('transaction_id', '<=', 300).execute()
  expect(await balances()).toEqual(expected)
  await sumUpLedger(sql, new Date(now + 2 * hour))
  expect([await summedUpTo(), await balances()]).toEqual([303, expected])
})

test('of several at once each booking is summed up by one', async () => {
  await book([304, 305, 306], new Date(now + 2 * hour))
  await Promise.all(Array.from({ length: 4 }, () => sumUpLedger(sql, new Date(now + 5 * hour), 1)))
  expect([await summedUpTo(), await balances()]).toEqual([306, { ...expected, 'clearing:sandbox USD': 305, 'sales USD': -305 }])
})
