import { sql as raw } from 'kysely'
import { toMajor } from '#shared/money'
import { newValues, type Sql } from '#shared/sql'
import { hour } from '#shared/time'
import type { PaymentDb, PaymentSql, Trx } from './database'

/** Rows of the ledger are only added, so what was summed up once stays true: only later bookings are read for a balance. */

interface Sum {
  account: string
  currency: string
  /** In minor units, as the server's text. */
  balance: string
}

/** Transactions take seconds, whatever the clocks say: no booking with an id below that of one this old is still to be committed. */
const settledAfterMs = hour

const change = raw<string>`sum(entry.debit) - sum(entry.credit)`
const bookings = (trx: Trx) =>
  trx
    .selectFrom('ledger_transactions as booking')
    .innerJoin('ledger_entries as entry', 'entry.transaction_id', 'booking.id')
    .select(['entry.account', 'booking.currency', change.as('balance')])
    .groupBy(['entry.account', 'booking.currency'])

/** Debits less credits of each account and currency, in major units, from one snapshot. In each currency the accounts sum to zero. */
export const ledgerBalances = async ({ db }: Pick<Sql<PaymentDb>, 'db'>) => {
  const rows = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async trx => {
      const { transaction_id } = await trx.selectFrom('ledger_checkpoint').selectAll().executeTakeFirstOrThrow()
      const stored = trx.selectFrom('ledger_balances').select(['account', 'currency', raw<string>`balance`.as('balance')])
      const later = bookings(trx).where('booking.id', '>', transaction_id)
      return trx
        .selectFrom(stored.unionAll(later).as('part'))
        .select(['part.account', 'part.currency', raw<string>`sum(part.balance)`.as('balance')])
        .groupBy(['part.account', 'part.currency'])
        .execute()
    })
  return rows.map(({ account, currency, balance }) => ({ account, currency, balance: toMajor(Number(balance), currency) }))
}

/** Adds the next settled bookings to the stored balances, up to a limit. Instances take turns. */
export const sumUpLedger = (sql: PaymentSql, now = new Date(), limit = 50_000): Promise<void> =>
  sql.transaction(async trx => {
    const { transaction_id: from } = await trx.selectFrom('ledger_checkpoint').selectAll().forUpdate().executeTakeFirstOrThrow()
    const settled = await trx
      .selectFrom('ledger_transactions')
      .select('id')
      .where('created_at', '<', new Date(now.getTime() - settledAfterMs))
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    const to = Math.min(settled?.id ?? 0, from + limit)
    if (to <= from) return
    await add(trx, await bookings(trx).where('booking.id', '>', from).where('booking.id', '<=', to).execute())
    await trx.updateTable('ledger_checkpoint').set({ transaction_id: to }).execute()
  })

const add = async (trx: Trx, sums: readonly Sum[]): Promise<void> => {
  if (sums.length === 0) return
  const { balance } = newValues('balance')
  await trx
    .insertInto('ledger_balances')
    .values([...sums])
    .onDuplicateKeyUpdate({ balance: raw`balance + ${balance}` })
    .execute()
}
