import { sql as raw } from 'kysely'
import { within } from '#shared/deadline'
import { conflict, invalid, notFound, unavailable } from '#shared/errors'
import { toMajor } from '#shared/money'
import { day, minute, second } from '#shared/time'
import type { PaymentSql } from './database'
import type { TimeWindow } from './ledger'
import { ledgerBalances } from './ledger-balances'
import { eachPaged, pageSize } from './paged-rows'
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

type Difference = 'missing_in_ledger' | 'missing_at_provider' | 'amount_differs'

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
    const kind: Difference = !our ? 'missing_in_ledger' : !their ? 'missing_at_provider' : 'amount_differs'
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

interface Limits {
  /** How long the reading may take. */
  deadlineMs: number
  /** How many movements of one side are compared at most. */
  most: number
}
const usualLimits: Limits = { deadlineMs: 20 * second, most: 100_000 }

/** Reads page by page, so that neither a long window nor a slow provider holds the service up. */
const readAll = async (movements: AsyncIterable<Compared>, most: number, signal: AbortSignal): Promise<Compared[]> => {
  const found: Compared[] = []
  for await (const movement of movements) {
    signal.throwIfAborted()
    if (found.length >= most) throw conflict('window_too_large', `More than ${most} movements are in the window. Ask for a shorter one.`)
    found.push(movement)
  }
  return found
}

export const reconcile = ({ sql, providers, limits = usualLimits }: { sql: PaymentSql; providers: Providers; limits?: Limits }) => {
  async function* booked(provider: string, { from, to }: TimeWindow): AsyncIterable<Compared> {
    const bookings = sql.db
      .selectFrom('ledger_transactions as booking')
      .innerJoin('ledger_entries as entry', 'entry.transaction_id', 'booking.id')
      .select(['entry.id', 'booking.reference', 'booking.provider_reference', 'booking.currency', 'booking.created_at'])
      .select(raw<number>`entry.debit + entry.credit`.as('amount'))
      .where('booking.provider', '=', provider)
      .where('booking.created_at', '>=', from)
      .where('booking.created_at', '<', to)
      .where('entry.account', '=', `clearing:${provider}`)
    const after = (id: number) => bookings.where('entry.id', '>', id).orderBy('entry.id').limit(pageSize).execute()
    for await (const row of eachPaged(0, after, ({ id }) => id)) {
      const { reference, provider_reference, amount, currency, created_at: at } = row
      const kind = reference.startsWith('capture:') ? 'capture' : 'refund'
      yield { kind, reference: provider_reference, amount: Number(amount), currency, at }
    }
  }

  return async (name: string, window: TimeWindow) => {
    const provider = providers.get(name)
    if (!provider) throw notFound('provider')
    if (!provider.movements) throw conflict('no_report', 'This provider has no report to compare with. Name another provider.')
    const { from, to } = window
    if (from >= to || to.getTime() - from.getTime() > longestMs)
      throw invalid('invalid_window', '`from` must be before `to`, by at most 31 days.')
    const wide = { from: new Date(from.getTime() - slackMs), to: new Date(to.getTime() + slackMs) }
    const late = new AbortController()
    const reading = Promise.all([
      readAll(booked(name, wide), limits.most, late.signal),
      readAll(provider.movements(wide.from, wide.to), limits.most, late.signal),
    ])
    const [ours, theirs] = await within(limits.deadlineMs, reading, () => {
      const error = unavailable('reconciliation_unfinished', 'The report could not be read in time. Ask for a shorter window.')
      late.abort(error)
      throw error
    })
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
