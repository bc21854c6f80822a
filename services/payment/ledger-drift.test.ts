import { afterAll, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { testSql } from '#shared/testing'
import { minute } from '#shared/time'
import type { PaymentDb } from './database'
import { ledgerDrift } from './ledger'
import * as migrations from './migrations'

const { sql, drop } = await testSql<PaymentDb>({ migrations, poolSize: 1 })
afterAll(drop)
const { db } = sql

/** How many rows the only connection has read so far. */
const rowsRead = async () => {
  const { rows } = await raw<{ Value: string }>`show session status like 'Handler_read%'`.execute(db)
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
}

test('drift reads a booking by its index, although the server last counted the tables when they were empty', async () => {
  for (const table of ['payments', 'ledger_transactions', 'ledger_entries'])
    await raw`alter table ${raw.table(table)} stats_persistent = 1, stats_auto_recalc = 0`.execute(db)
  await raw`analyze table payments, ledger_transactions, ledger_entries`.execute(db)
  const ids = Array.from({ length: 200 }, (_, n) => n + 1)
  const common = { user_id: 7, payment_method: 'credit_card' as const, amount: 100, currency: 'USD', provider: 'sandbox' }
  const untouched = { live_order_id: null, transaction_id: null, next_action: null, reason: null, captured_at: null, doing: null }
  const unset = { ask_at: null, mismatch_at: null, expires_at: null, hold_at: null, request_key: null }
  await db
    .insertInto('payments')
    .values(ids.map(id => ({ id, order_id: id, captured: id === 150 ? 99 : 100, ...common, ...untouched, ...unset })))
    .execute()
  await db
    .insertInto('ledger_transactions')
    .values(
      ids.map(id => ({ id, reference: `capture:${id}`, payment_id: id, provider: 'sandbox', provider_reference: '', currency: 'USD' })),
    )
    .execute()
  const entry = (transaction_id: number, account: string, debit: number) => ({ transaction_id, account, debit, credit: 100 - debit })
  await db
    .insertInto('ledger_entries')
    .values(ids.flatMap(id => [entry(id, 'clearing:sandbox', 100), entry(id, 'sales', 0)]))
    .execute()

  // The server opens the tables anew, and takes the stored counts for true.
  await raw`flush tables payments, ledger_transactions, ledger_entries`.execute(db)

  const before = await rowsRead()
  const window = { from: new Date(Date.now() - minute), to: new Date(Date.now() + minute) }
  expect(await ledgerDrift(sql, window)).toEqual(['payment:150'])
  // Two queries read each payment's booking and entries, and some rows again to group them. By the server's own choice it was 600 for each payment.
  expect((await rowsRead()) - before).toBeLessThan(ids.length * 20)
})
