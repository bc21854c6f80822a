import { sql as raw } from 'kysely'
import { conflict, invalid, notFound } from '#shared/errors'
import { toMajor } from '#shared/money'
import { day, minute } from '#shared/time'
import type { PaymentSql } from './database'
import { ledgerBalances, type TimeWindow } from './ledger'
import type { Movement, Providers } from './providers/provider'

/** Clocks differ and answers come late, so a movement that one side has just outside the window is not a difference. */
const slackMs = 10 * minute
const maxDifferences = 1000
const longestMs = 31 * day

type Compared = Pick<Movement, 'kind' | 'reference' | 'amount' | 'currency' | 'at'>
const keyOf = ({ kind, reference, currency }: Compared) => `${kind} ${reference} ${currency}`
const inside =
  ({ from, to }: TimeWindow) =>
  (movement: Compared) =>
    movement.at >= from && movement.at < to

/** Compares our ledger with the provider's report. */
const compare = (ours: readonly Compared[], theirs: readonly Compared[], window: TimeWindow) => {
  const inWindow = inside(window)
  const booked = new Map(ours.map(movement => [keyOf(movement), movement]))
  const reported = new Map(theirs.map(movement => [keyOf(movement), movement]))
  const keys = new Set([...ours.filter(inWindow), ...theirs.filter(inWindow)].map(keyOf))
  const differences = [...keys].flatMap(key => {
    const [our, their] = [booked.get(key), reported.get(key)]
    const either = our ?? their
    if (!either || our?.amount === their?.amount) return []
    const { kind: movement, reference, currency } = either
    const kind = !our ? 'missing_in_ledger' : !their ? 'missing_at_provider' : 'amount_differs'
    const major = (side: Compared | undefined) => (side ? toMajor(side.amount, currency) : null)
    return [{ kind, movement, reference, currency, ledger: major(our), provider: major(their) }]
  })
  const sums = (side: readonly Compared[], kind: Compared['kind'], currency: string) =>
    toMajor(
      side.filter(row => inWindow(row) && row.kind === kind && row.currency === currency).reduce((sum, { amount }) => sum + amount, 0),
      currency,
    )
  const totals = [...new Set([...ours, ...theirs].filter(inWindow).map(({ currency }) => currency))].sort().map(currency => ({
    currency,
    ledger: { captured: sums(ours, 'capture', currency), refunded: sums(ours, 'refund', currency) },
    provider: { captured: sums(theirs, 'capture', currency), refunded: sums(theirs, 'refund', currency) },
  }))
  return { matched: keys.size - differences.length, totals, differences: differences.slice(0, maxDifferences) }
}

export const reconcile = ({ sql, providers }: { sql: PaymentSql; providers: Providers }) => {
  const booked = async (provider: string, { from, to }: TimeWindow): Promise<Compared[]> => {
    const rows = await sql.db
      .selectFrom('ledger_transactions as booking')
      .innerJoin('ledger_entries as entry', 'entry.transaction_id', 'booking.id')
      .select(['booking.reference', 'booking.provider_reference', 'booking.currency', 'booking.created_at'])
      .select(raw<number>`entry.debit + entry.credit`.as('amount'))
      .where('booking.provider', '=', provider)
      .where('booking.created_at', '>=', from)
      .where('booking.created_at', '<', to)
      .where('entry.account', '=', `clearing:${provider}`)
      .execute()
    return rows.map(row => ({
      kind: row.reference.startsWith('capture:') ? 'capture' : 'refund',
      reference: row.provider_reference,
      amount: Number(row.amount),
      currency: row.currency,
      at: row.created_at,
    }))
  }

  return async (name: string, window: TimeWindow) => {
    const provider = providers.get(name)
    if (!provider) throw notFound('provider')
    if (!provider.movements) throw conflict('no_report', 'This provider has no report to compare with. Name another provider.')
    const { from, to } = window
    if (from >= to || to.getTime() - from.getTime() > longestMs)
      throw invalid('invalid_window', '`from` must be before `to`, by at most 31 days.')
    const wide = { from: new Date(from.getTime() - slackMs), to: new Date(to.getTime() + slackMs) }
    const [ours, theirs] = await Promise.all([booked(name, wide), provider.movements(wide.from, wide.to)])
    return {
      provider: name,
      from: from.toISOString(),
      to: to.toISOString(),
      ...compare(ours, theirs, window),
      balances: await ledgerBalances(sql),
    }
  }
}
export type Reconcile = ReturnType<typeof reconcile>
