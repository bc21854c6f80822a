import { sql as raw } from 'kysely'
import { defer, type Sql } from '#shared/sql'
import type { PaymentDb, PaymentRow, RefundRow, Trx } from './database'
import { captureEntries, type Entry, isBalanced, refundEntries } from './domain'

interface Posting {
  reference: string
  paymentId: number
  provider: string
  providerReference: string
  currency: string
  entries: readonly Entry[]
}

/** Double entry. The unique key on the reference prevents a second booking of the same money. */
const post = async (trx: Trx, { reference, paymentId, provider, providerReference, currency, entries }: Posting) => {
  if (!isBalanced(entries)) throw new Error(`the entries of ${reference} do not balance`)
  const booking = { reference, payment_id: paymentId, provider, provider_reference: providerReference, currency, created_at: new Date() }
  await defer(trx.insertInto('ledger_transactions').values(booking))
  const transaction_id = raw<number>`last_insert_id()`
  await defer(trx.insertInto('ledger_entries').values(entries.map(entry => ({ transaction_id, ...entry }))))
}

type BookedPayment = Pick<PaymentRow, 'id' | 'provider' | 'currency'>
const postingOf = ({ id, provider, currency }: BookedPayment, providerReference: string) => ({
  paymentId: id,
  provider,
  providerReference,
  currency,
})

export const bookCapture = (trx: Trx, payment: BookedPayment, amount: number, providerReference: string) =>
  post(trx, {
    ...postingOf(payment, providerReference),
    reference: `capture:${payment.id}`,
    entries: captureEntries(payment.provider, amount),
  })

export const bookRefund = (trx: Trx, payment: BookedPayment, refund: Pick<RefundRow, 'id' | 'amount'>, providerReference: string) =>
  post(trx, {
    ...postingOf(payment, providerReference),
    reference: `refund:${refund.id}`,
    entries: refundEntries(payment.provider, refund.amount),
  })

export interface TimeWindow {
  from: Date
  to: Date
}

/** Bookings of a window whose debits and credits differ, and payments of which the captured and refunded sums differ from the ledger's. */
export const ledgerDrift = async ({ db }: Pick<Sql<PaymentDb>, 'db'>, { from, to }: TimeWindow): Promise<string[]> => {
  const uneven = await db
    .selectFrom('ledger_transactions as booking')
    .leftJoin('ledger_entries as entry', 'entry.transaction_id', 'booking.id')
    .select('booking.reference')
    .where('booking.created_at', '>=', from)
    .where('booking.created_at', '<', to)
    .groupBy(['booking.id', 'booking.reference'])
    .having(raw<boolean>`coalesce(sum(entry.debit), -1) <> coalesce(sum(entry.credit), -2)`)
    .limit(1000)
    .execute()
  // Without named indexes, a server that last counted these tables when they were small reads all entries for each payment.
  const unexplained = await raw<{ id: number }>`select payments.id from payments
      left join ledger_transactions booking force index (ledger_payment) on booking.payment_id = payments.id
      left join ledger_entries entry force index (ledger_entries_transaction)
        on entry.transaction_id = booking.id and entry.account like 'clearing:%'
      where payments.updated_at >= ${from} and payments.updated_at < ${to}
      group by payments.id, payments.captured, payments.refunded
      having payments.captured - payments.refunded <> coalesce(sum(entry.debit), 0) - coalesce(sum(entry.credit), 0)
      limit 1000`.execute(db)
  return [...uneven.map(({ reference }) => reference), ...unexplained.rows.map(({ id }) => `payment:${id}`)]
}
