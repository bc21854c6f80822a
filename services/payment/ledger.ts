import { sql as raw } from 'kysely'
import { toMajor } from '#shared/money'
import type { Sql } from '#shared/sql'
import type { PaymentDb, Trx } from './database'
import { captureEntries, type Entry, isBalanced, refundEntries } from './domain'

interface Posting {
  reference: string
  paymentId: number
  provider: string
  providerReference: string
  currency: string
  entries: readonly Entry[]
}

/** Double entry: what one account gives another gets. The reference's unique key lets nothing be booked twice. */
const post = async (trx: Trx, { reference, paymentId, provider, providerReference, currency, entries }: Posting) => {
  if (!isBalanced(entries)) throw new Error(`${reference} would not balance`)
  const { insertId } = await trx
    .insertInto('ledger_transactions')
    .values({ reference, payment_id: paymentId, provider, provider_reference: providerReference, currency, created_at: new Date() })
    .executeTakeFirstOrThrow()
  await trx
    .insertInto('ledger_entries')
    .values(entries.map(entry => ({ transaction_id: Number(insertId), ...entry })))
    .execute()
}

interface Booked {
  id: number
  provider: string
  currency: string
}
export const bookCapture = (trx: Trx, { id, provider, currency }: Booked, amount: number, providerReference: string) =>
  post(trx, { reference: `capture:${id}`, paymentId: id, provider, providerReference, currency, entries: captureEntries(provider, amount) })

export const bookRefund = (trx: Trx, { id, provider, currency }: Booked, refundId: number, amount: number, providerReference: string) =>
  post(trx, {
    reference: `refund:${refundId}`,
    paymentId: id,
    provider,
    providerReference,
    currency,
    entries: refundEntries(provider, amount),
  })

export interface Window {
  from: Date
  to: Date
}

/** The proof: transactions of a window whose debits are not their credits, and payments which the books don't explain. */
export const unbalanced = async ({ db }: Pick<Sql<PaymentDb>, 'db'>, { from, to }: Window): Promise<string[]> => {
  const [uneven, unexplained] = await Promise.all([
    db
      .selectFrom('ledger_transactions as booking')
      .leftJoin('ledger_entries as entry', 'entry.transaction_id', 'booking.id')
      .select('booking.reference')
      .where('booking.created_at', '>=', from)
      .where('booking.created_at', '<', to)
      .groupBy(['booking.id', 'booking.reference'])
      .having(raw<boolean>`coalesce(sum(entry.debit), -1) <> coalesce(sum(entry.credit), -2)`)
      .limit(1000)
      .execute(),
    db
      .selectFrom('payments')
      .select('id')
      .where('updated_at', '>=', from)
      .where('updated_at', '<', to)
      .where(
        raw<boolean>`captured - refunded <> (
          select coalesce(sum(entry.debit), 0) - coalesce(sum(entry.credit), 0) from ledger_transactions booking
          join ledger_entries entry on entry.transaction_id = booking.id
          where booking.payment_id = payments.id and entry.account like 'clearing:%')`,
      )
      .limit(1000)
      .execute(),
  ])
  return [...uneven.map(({ reference }) => reference), ...unexplained.map(({ id }) => `payment:${id}`)]
}

/** What each account holds, by currency, in major units: debits less credits. They sum to nothing. */
export const balances = async ({ db }: Pick<Sql<PaymentDb>, 'db'>) => {
  const rows = await db
    .selectFrom('ledger_entries as entry')
    .innerJoin('ledger_transactions as booking', 'booking.id', 'entry.transaction_id')
    .select(['entry.account', 'booking.currency'])
    .select(raw<string>`sum(entry.debit) - sum(entry.credit)`.as('balance'))
    .groupBy(['entry.account', 'booking.currency'])
    .execute()
  return rows.map(({ account, currency, balance }) => ({ account, currency, balance: toMajor(Number(balance), currency) }))
}
